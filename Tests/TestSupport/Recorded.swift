package import Foundation

/// A stream or summary that real k6 wrote, from Tests/TestSupport/Recorded.
package func recorded(_ name: String) throws -> [UInt8] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Recorded")
  return [UInt8](try Data(contentsOf: folder.appending(path: name)))
}

/// All recorded streams of all versions.
package let recordedStreams = [
  "k6-0.57.0/mixed.ndjson", "k6-0.57.0/odd.ndjson", "k6-1.1.0/mixed.ndjson", "k6-1.1.0/odd.ndjson",
  "k6-2.2.0/mixed.ndjson", "k6-2.2.0/ws.ndjson", "k6-2.2.0/grpc.ndjson", "k6-2.2.0/tags.ndjson",
  "k6-2.2.0/nan.ndjson", "k6-2.2.0/timeout.ndjson", "k6-2.2.0/redirect.ndjson", "k6-2.2.0/kolkata.ndjson",
  "k6-2.2.0/metadata.ndjson",
]

/// The lines of a stream, without their newlines.
package func lines(_ bytes: [UInt8]) -> [[UInt8]] { bytes.split(separator: 10).map(Array.init) }

/// The repository's root.
package func repositoryRoot() -> URL {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}

/// A new folder of its own, removed by nobody but the machine's own clean-up unless the test does it.
package func temporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "k6-grid-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}
