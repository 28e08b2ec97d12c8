extension AWSClient {
  /// As the environment says: credentials, region, endpoints.
  /// - Throws: ``UsageError`` when it does not say enough.
  package static func live(_ environment: [String: String]) throws -> AWSClient {
    fatalError("helper A writes this")
  }
}

/// The store at a location.
/// - Throws: ``UsageError`` when the environment does not say how to reach it.
package func liveStore(_ location: StoreLocation, environment: [String: String]) throws -> any ObjectStore {
  switch location {
  case .folder(let folder): DirectoryObjectStore(folder: folder)
  case .bucket: throw UsageError("helper A writes this")
  }
}
