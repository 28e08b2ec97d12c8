import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// The steps of `.github/workflows/load-test.yml` as GitHub's runner runs them, against the ECS and the AWS of the tests.
  /// The shell of the steps is run; the runner, its actions and the OIDC token are not.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
  struct LoadTestWorkflowTests {
    /// Stands for an engine and a registry: `docker cp` from the image's container gives the coordinator of this build. The image
    /// `private` is there for who has logged in.
    private static let docker = """
      #!/bin/sh
      case $1 in
        login) grep -q github-token && touch "$RUNNER_TEMP/logged-in" ;;
        create) [ "$2" != private ] || [ -e "$RUNNER_TEMP/logged-in" ] || exit 1; echo container ;;
        cp) ln -s "$COORDINATOR" "$3" ;;
      esac
      """

    /// What GitHub Pages would serve.
    private func published(_ path: String, in repository: URL) throws -> String {
      let git = Process()
      git.executableURL = URL(fileURLWithPath: "/usr/bin/git")
      git.arguments = ["-C", repository.path, "show", "gh-pages:\(path)"]
      let output = Pipe()
      git.standardOutput = output
      try git.run()
      let bytes = output.fileHandleForReading.readDataToEndOfFile()
      git.waitUntilExit()
      return String(decoding: bytes, as: UTF8.self)
    }

    private func job(_ grid: CloudGrid, _ arguments: [String] = [], folder: String = "job") throws -> Program
    {
      let temporary = grid.folder.appending(path: folder)
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
      let bin = grid.folder.appending(path: "bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      let docker = bin.appending(path: "docker")
      try Self.docker.write(to: docker, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: docker.path)
      let event = grid.folder.appending(path: "event.json")
      try #"{"repository": {"default_branch": "main"}}"#.write(to: event, atomically: true, encoding: .utf8)
      return try WorkflowJob.start(
        ".github/workflows/load-test.yml", "load",
        [
          "--input", "config=\(grid.configuration.path)", "--input", "aws-region=\(grid.region)",
          "--input", "aws-role-arn=", "--input", "coordinator-image=k6-grid-coordinator",
        ] + arguments, bin: bin,
        environment: grid.environment.merging([
          "RUNNER_TEMP": temporary.path, "COORDINATOR": Program.folder.appending(path: "coordinator").path,
          "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7",
          "GITHUB_REF_NAME": "main", "GITHUB_ACTOR": "ada", "GITHUB_EVENT_PATH": event.path,
          "GITHUB_RUN_ATTEMPT": "2",
        ]) { $1 })
    }

    @Test func `a night that passes`() async throws {
      let grid = try await CloudGrid(
        more: "shards: 2\nthresholds: {http_reqs: count>10}\nreport: {url: https://o.github.example/r}")
      let pages = grid.folder.appending(path: "pages.git")
      try FileManager.default.createDirectory(at: pages, withIntermediateDirectories: true)
      let git = try Process.run(
        URL(fileURLWithPath: "/usr/bin/git"), arguments: ["init", "-q", "--bare", pages.path])
      git.waitUntilExit()
      let ending = try await job(
        grid,
        [
          "--input", "pages=\(pages.path)#gh-pages", "--input", "shards=1", "--input", "release=v2.41",
        ]
      ).ending()
      #expect(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      let run = try #require(try WorkflowJob.steps(ending.output)["Run"])
      #expect(
        run.outputs?["verdict"] == "pass"
          && run.outputs?["report_url"] == "https://o.github.example/r/#n-\(run.outputs?["run"] ?? "")")
      #expect(run.summary?.hasPrefix("### Pass: nightly, run") == true)
      #expect(run.summary?.contains("1 of 1 shard complete") == true)
      #expect(try await grid.document("run.json")["trend"]?["branch"]?.string == "main")
      #expect(try await grid.document("run.json")["workflow_attempt"]?.number == 2)
      #expect(try await grid.document("run.json")["release"]?.string == "v2.41")
      // What the job keeps as an artifact.
      let kept = grid.folder.appending(path: "job/site/index.html")
      #expect(FileManager.default.fileExists(atPath: kept.path))
      let page = try published("index.html", in: pages)
      #expect(page.contains("Passing") && page.hasSuffix("</html>\n"))
      #expect(try published("latest.json", in: pages).contains("\"verdict\" : \"pass\""))
      #expect(try await grid.objects.get("report/index.html")?.bytes == Array(page.utf8))
      #expect(
        ending.output.contains("PASS")
          && ending.output.contains("is over and recorded: there is nothing to stop"))
      try await grid.expectNothingLeft()
    }

    @Test
    func `a night that cannot begin is told what is wrong with the set-up, by an image that is private`()
      async throws
    {
      let grid = try await CloudGrid(inBucket: false, more: "shards: 2")
      let text = try String(contentsOf: grid.configuration, encoding: .utf8)
      try text.replacing("k6-shard:1", with: "k6-gone:1")
        .write(to: grid.configuration, atomically: true, encoding: .utf8)
      let ending = try await job(grid, ["--input", "coordinator-image=private"]).ending()
      #expect(ending.code == 1, "\(ending.output)\n\(ending.errors)")
      #expect(try WorkflowJob.steps(ending.output)["Look at the set-up"]?.code == 1)
      #expect(ending.output.contains("FAULT        ecs.task-definition"), "\(ending.output)")
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
      let steps = try WorkflowJob.steps(ending.output)
      #expect(steps["Publish the trend page"]?.code == 0)
      // Whichever of the two came to record it.
      let summaries = ["Run", "Leave no task behind"].compactMap { steps[$0]?.summary }.joined()
      #expect(summaries.components(separatedBy: "### Incomplete: nightly, run").count == 2, "\(summaries)")
      let page = try #require(try await grid.objects.get("report/index.html"))
      #expect(String(decoding: page.bytes, as: UTF8.self).contains("No verdict tonight."))
      try await grid.expectNothingLeft()
    }
  }
}
