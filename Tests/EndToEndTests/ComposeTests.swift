import Foundation
import TestSupport
import Testing

/// On a laptop without a Docker engine or the shipped agent these tests are skipped; in CI they fail.
private let isComposeWanted: Bool = {
  if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
  let agent = repositoryRoot().appending(path: ".build-static/release/shard-agent").path
  return FileManager.default.isExecutableFile(atPath: agent)
    && FileManager.default.fileExists(atPath: "/var/run/docker.sock")
}()

extension EndToEnd {
  /// `make compose`: the images, three shards that are told nothing but the run, and a coordinator beside them.
  @Suite(.serialized, .enabled(if: isComposeWanted, "no Docker engine, or no shipped agent: make compose"))
  struct ComposeTests {
    private func compose(_ arguments: [String], log: URL) async throws -> Program.Ending {
      try await Program.run(
        "", arguments,
        environment: ["GRID_BIN": Program.folder.path, "COMPOSE_LOG": log.path, "REHEARSAL_DURATION": "5s"],
        at: repositoryRoot().appending(path: "scripts/compose"))
    }

    @Test func `three containers with no index of their own make one run that passes`() async throws {
      let log = try temporaryFolder().appending(path: "compose.log")
      let ending = try await compose([], log: log)
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      #expect(ending.output.contains("PASS"))
      for shard in 0..<3 {
        #expect(ending.output.contains(try Regex("(?m)^  \(shard) +complete ")), "\(ending.output)")
      }
      let said = try String(contentsOf: log, encoding: .utf8)
      #expect(said.contains("handed in"))
      #expect(!said.contains("rehearsal-token"), "the secret is in a log")
    }

    @Test func `a threshold that is crossed is the exit code of the whole`() async throws {
      let log = try temporaryFolder().appending(path: "compose.log")
      let ending = try await compose(["--threshold", "http_req_duration=p(95)<1"], log: log)
      #expect(ending.code == 1, "\(ending.output)\n\(ending.errors)")
    }
  }
}
