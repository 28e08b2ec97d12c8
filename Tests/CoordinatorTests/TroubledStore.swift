import Shared
import Synchronization

/// A folder whose calls fail while the test says so.
final class TroubledStore: ObjectStore {
  enum Operation { case get, put, list, delete }
  /// - Parameter key: or a prefix.
  typealias Trouble = @Sendable (_ operation: Operation, _ key: String) -> (any Error)?

  static let away = AWSError(call: "s3:GetObject", code: "SlowDown", message: "busy", status: 503)

  let inner: DirectoryObjectStore
  let clock: ClockQuality?
  private let trouble: Trouble

  init(
    _ inner: DirectoryObjectStore, clock: ClockQuality? = nil, _ trouble: @escaping Trouble = { _, _ in nil }
  ) {
    (self.inner, self.clock, self.trouble) = (inner, clock, trouble)
  }

  private func check(_ operation: Operation, _ key: String) throws {
    if let error = trouble(operation, key) { throw error }
  }
  func get(_ key: ObjectKey) async throws -> StoredObject? {
    try check(.get, key.text)
    return try await inner.get(key)
  }
  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome {
    try check(.put, key.text)
    return try await inner.put(bytes, at: key, if: condition)
  }
  func list(_ prefix: String) async throws -> [ObjectKey] {
    try check(.list, prefix)
    return try await inner.list(prefix)
  }
  func delete(_ key: ObjectKey) async throws {
    try check(.delete, key.text)
    try await inner.delete(key)
  }
}
