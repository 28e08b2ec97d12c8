/// Where the programs meet: named bytes with conditional writes. One contract test holds every implementation.
package protocol ObjectStore: Sendable {
  /// - Returns: `nil` when there is no such object.
  func get(_ key: ObjectKey) async throws -> StoredObject?
  /// Never leaves half an object behind.
  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome
  /// The keys below a prefix, which ends with `/` or is empty, in the order of their bytes.
  func list(_ prefix: String) async throws -> [ObjectKey]
  /// No error when there is no such object.
  func delete(_ key: ObjectKey) async throws
  /// This machine's clock beside the store's own; `nil` where it has none, or has said nothing yet.
  var clock: ClockQuality? { get }
}

extension ObjectStore {
  package var clock: ClockQuality? { nil }
}

package struct StoredObject: Sendable, Equatable {
  package let bytes: [UInt8]
  /// Changes whenever the bytes do.
  package let etag: String
}

package enum PutCondition: Sendable, Equatable {
  case always
  /// If-None-Match: *
  case absent
  /// If-Match
  case matches(etag: String)
}

package enum PutOutcome: Sendable, Equatable {
  case stored(etag: String)
  /// Somebody else was there first; nothing was written.
  case conditionFailed
}
