import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// The steps of `.github/workflows/nightly.yml` as GitHub's runner runs them, against the ECS and the AWS of the tests.
  /// The shell of the steps is run; the runner, its actions and the OIDC token are not.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
  struct NightlyWorkflowTests {
    /// Stands for an engine and a registry: `docker cp` from the image's container gives the coordinator of this build.
    private static let docker = """
      #!/bin/sh
      case $1 in
        create) echo container ;;
        cp) ln -s "$COORDINATOR" "$3" ;;
      esac
      """

    private func job(_ grid: CloudGrid, _ arguments: [String] = [], folder: String = "job") throws -> Program
    {
      let temporary = grid.folder.appending(path: folder)
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
      let bin = grid.folder.appending(path: "bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      let docker = bin.appending(path: "docker")
      try Self.docker.write(to: docker, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: docker.path)
      let root = repositoryRoot()
      return try Program(
        "",
        [
          root.appending(path: "Tests/StandIns/Actions/run_job.py").path,
          root.appending(path: ".github/workflows/nightly.yml").path, "load",
          "--var", "GRID_CONFIG=\(grid.configuration.path)", "--var", "AWS_REGION=\(grid.region)",
        ] + arguments,
        environment: grid.environment.merging([
          "PATH": "\(bin.path):/usr/bin:/bin", "RUNNER_TEMP": temporary.path, "GITHUB_ACTIONS": "true",
          "COORDINATOR": Program.folder.appending(path: "coordinator").path,
          "PYTHONPATH": root.appending(path: ".tools/PyYAML-6.0.3").path,
          "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7",
        ]) { $1 },
        at: URL(fileURLWithPath: "/usr/bin/env").deletingLastPathComponent().appending(path: "python3"))
    }

    @Test func `a night that passes`() async throws {
      let grid = try await CloudGrid(
        more: "shards: 2\nthresholds: {http_reqs: count>10}")
      let ending = try await job(grid).ending()
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      #expect(
        ending.output.contains("PASS")
          && ending.output.contains("is over and recorded: there is nothing to stop"))
      try await grid.expectNothingLeft()
    }

    @Test func `a night that is cancelled`() async throws {
      let grid = try await CloudGrid(
        inBucket: false, more: "shards: 2\nthresholds: {http_reqs: count>10}", length: "60s")
      let mark = grid.folder.appending(path: "cancel")
      let running = try job(grid, ["--cancel-after", mark.path])
      try await eventually("the load", within: 60) {
        try await grid.objects.list("").contains { $0.text.hasSuffix("/progress.json") }
      }
      // Another job of the same workflow run, which is refused, and whose last step must not stop this one's.
      let other = try await job(grid, folder: "other").ending()
      #expect(other.code == 1 && other.output.contains("which is not this job's"), "\(other.output)")
      #expect(try await grid.objects.list("").allSatisfy { !$0.text.hasSuffix("/stop.json") })
      try Data().write(to: mark)
      let ending = await running.ending()
      #expect(ending.code == 130, "\(ending.output)\n\(ending.errors)")
      #expect(try await grid.document("result.json")["verdict"]?.string == "incomplete")
      try await grid.expectNothingLeft()
    }
  }
}
