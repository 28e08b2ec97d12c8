/// Where the programs meet: named bytes with conditional writes. One contract test holds every implementation.
package protocol ObjectStore: Sendable {
  /// - Returns: `nil` when there is no such object.
  func get(_ key: ObjectKey) async throws -> StoredObject?
  /// Never leaves half an object behind.
  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome
  /// The same for an object that browsers read.
  func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition, as headers: ObjectHeaders)
    async throws -> PutOutcome
  /// The keys below a prefix, which ends with `/` or is empty, in the order of their bytes.
  func list(_ prefix: String) async throws -> [ObjectKey]
  /// No error when there is no such object.
  func delete(_ key: ObjectKey) async throws
  /// This machine's clock beside the store's own; `nil` where it has none, or has said nothing yet.
  var clock: ClockQuality? { get }
}

extension ObjectStore {
  package var clock: ClockQuality? { nil }

  /// A store that no browser reads keeps no headers.
  package func put(
    _ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition, as headers: ObjectHeaders
  ) async throws -> PutOutcome {
    try await put(bytes, at: key, if: condition)
  }
}

/// What a browser is told of an object.
package struct ObjectHeaders: Sendable, Equatable {
  /// `nil`: what the end of its key says.
  package let contentType: String?
  /// As `no-cache`; `nil`: nothing.
  package let cacheControl: String?

  package init(contentType: String? = nil, cacheControl: String? = nil) {
    (self.contentType, self.cacheControl) = (contentType, cacheControl)
  }
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
