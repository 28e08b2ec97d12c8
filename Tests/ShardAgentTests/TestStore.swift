import Logging
import Synchronization

@testable import ShardAgent
@testable import Shared

/// A store in memory that fails when a test says so.
final class TestStore: ObjectStore {
  private let objects = Mutex<[ObjectKey: [UInt8]]>([:])
  private let failures = Mutex<[any Error]>([])
  private let hanging = Mutex<ObjectKey?>(nil)
  private let before = Mutex<(@Sendable (TestStore, ObjectKey) -> Void)?>(nil)

  /// The next calls fail, one after the other.
  func fail(_ errors: any Error...) { failures.withLock { $0 += errors } }

  func fail(_ error: AWSError, times: Int) {
    failures.withLock { $0 += [any Error](repeating: error, count: times) }
  }

  /// Calls about this object do not end until they are cancelled.
  func hang(_ key: ObjectKey) { hanging.withLock { $0 = key } }

  /// Called once, before the next write: somebody else comes in between.
  func beforeNextPut(_ body: @escaping @Sendable (TestStore, ObjectKey) -> Void) {
    before.withLock { $0 = body }
  }

  subscript(key: ObjectKey) -> [UInt8]? {
    get { objects.withLock { $0[key] } }
    set { objects.withLock { $0[key] = newValue } }
  }

  private func throwFailure(_ key: ObjectKey) async throws {
    if hanging.withLock(\.self) == key {
      for await _ in AsyncStream<Never>.makeStream().stream {}
      throw CancellationError()
    }
    let next: (any Error)? = failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    if let next { throw next }
  }

  func get(_ key: ObjectKey) async throws -> StoredObject? {
    try await throwFailure(key)
    return self[key].map { StoredObject(bytes: $0, etag: sha256($0)) }
  }

  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome {
    let body = before.withLock { body in
      defer { body = nil }
      return body
    }
    body?(self, key)
    try await throwFailure(key)
    return objects.withLock { objects in
      switch condition {
      case .absent where objects[key] != nil: return .conditionFailed
      case .matches(let etag) where objects[key].map(sha256) != etag: return .conditionFailed
      default:
        objects[key] = bytes
        return .stored(etag: sha256(bytes))
      }
    }
  }

  func list(_ prefix: String) async throws -> [ObjectKey] {
    objects.withLock { $0.keys.filter { $0.text.hasPrefix(prefix) }.sorted() }
  }

  func delete(_ key: ObjectKey) async throws { self[key] = nil }
}

extension RetryWindow {
  static func patient(_ host: TestHost) -> RetryWindow {
    .gettingReady(host.host(), StopRequest(), .silent)
  }
}

extension RetryingStore {
  static func patient(_ store: TestStore) -> RetryingStore { RetryingStore(store, .patient(TestHost())) }
}

extension Logger {
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension AWSError {
  static func sample(_ code: String?, _ status: Int?) -> AWSError {
    AWSError(call: "s3:GetObject", code: code, message: "no", status: status)
  }
}
