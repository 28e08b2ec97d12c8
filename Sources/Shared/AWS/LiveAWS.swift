import Glibc
import SystemPackage

extension AWSClient {
  /// As the environment says: credentials, region, endpoints.
  /// - Throws: ``UsageError`` when it does not say enough.
  package static func live(_ environment: [String: String], patience: AWSPatience = AWSPatience()) throws
    -> AWSClient
  {
    try AWSClient(
      environment: environment, transport: LiveHTTPTransport(), host: .live, patience: patience)
  }
}

extension AWSHost {
  /// This machine.
  package static let live = AWSHost(
    now: UTCInstant.live,
    uptime: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    },
    sleep: { try await Task.sleep(for: .seconds($0)) }, random: { .random(in: 0...1) },
    readFile: { try Shared.readFile(FilePath($0)) })
}

/// Where a script is. `GRID_S3_BUCKET_OWNER` is said of the store's bucket; another one may be another account's.
/// - Throws: as below.
package func liveScriptStore(
  _ location: StoreLocation, beside store: StoreLocation, environment: [String: String]
) throws -> any ObjectStore {
  var environment = environment
  if location.bucket != store.bucket { environment["GRID_S3_BUCKET_OWNER"] = nil }
  return try liveStore(location, environment: environment)
}

/// The store at a location.
/// - Throws: ``UsageError`` when the environment does not say how to reach it.
package func liveStore(
  _ location: StoreLocation, environment: [String: String], patience: AWSPatience = AWSPatience()
) throws -> any ObjectStore {
  switch location {
  case .folder(let folder): DirectoryObjectStore(folder: folder)
  case .bucket(let name, let prefix):
    S3ObjectStore(
      client: try .live(environment, patience: patience), bucket: name, prefix: prefix,
      settings: try S3Settings(environment))
  }
}
