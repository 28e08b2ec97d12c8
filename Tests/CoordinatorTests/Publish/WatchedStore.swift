import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

extension Site {
  init(runs: [String]) { self.init(files: SampleSite.files(runs).map { File($0.path, $0.text) }) }
}

/// The runs that a history has.
actor Runs {
  private(set) var all: [String]
  init(_ all: [String] = []) { self.all = all }
  func append(_ run: String) { all.append(run) }
  func site() -> Site { Site(runs: all) }
}

/// A store that tells a test of every put before and after, and remembers the headers.
final class WatchedStore: ObjectStore {
  typealias Watch = @Sendable (_ number: Int, _ key: String) async throws -> Void

  let inner: any ObjectStore
  private let before: Watch
  private let after: Watch
  private let log = Mutex<[(key: String, headers: ObjectHeaders)]>([])

  init(_ inner: any ObjectStore, before: @escaping Watch = { _, _ in }, after: @escaping Watch = { _, _ in })
  {
    (self.inner, self.before, self.after) = (inner, before, after)
  }

  var puts: [String] { log.withLock { $0.map(\.key) } }
  var headers: [String: ObjectHeaders] {
    log.withLock { Dictionary($0.map { ($0.key, $0.headers) }) { $1 } }
  }

  func get(_ key: ObjectKey) async throws -> StoredObject? { try await inner.get(key) }
  func list(_ prefix: String) async throws -> [ObjectKey] { try await inner.list(prefix) }
  func delete(_ key: ObjectKey) async throws { try await inner.delete(key) }
  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome {
    try await put(bytes, at: key, if: condition, as: ObjectHeaders())
  }
  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition, as headers: ObjectHeaders)
    async throws -> PutOutcome
  {
    let number = log.withLock { log in
      log.append((key.text, headers))
      return log.count
    }
    try await before(number, key.text)
    let outcome = try await inner.put(bytes, at: key, if: condition, as: headers)
    try await after(number, key.text)
    return outcome
  }
}

/// What a browser would find wrong with the site in a store.
func problems(_ store: any ObjectStore) async throws -> [String] {
  var texts: [String: String] = [:]
  // The index first: what it leads to has to be there already.
  texts["index.html"] = try await text(store, "index.html")
  for path in try await StoredSite(store: store).paths() where path != "index.html" {
    texts[path] = try await text(store, path)
  }
  return SampleSite.problems { texts[$0] }
}

func text(_ store: any ObjectStore, _ path: String) async throws -> String? {
  try await store.get(try StoredSite.key(path)).map { String(decoding: $0.bytes, as: UTF8.self) }
}

func expect(_ site: Site, in store: any ObjectStore) async throws {
  for file in site.files {
    let text = try await text(store, file.path)
    #expect(text == String(decoding: file.bytes, as: UTF8.self), "\(file.path)")
  }
}
