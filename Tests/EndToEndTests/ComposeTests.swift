import Foundation
import TestSupport
import Testing

/// A Docker engine. On a laptop without one, or without the shipped agent, its tests are skipped; in CI they fail.
enum Docker {
  static let isWanted: Bool = {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    let agent = repositoryRoot().appending(path: ".build-static/release/shard-agent").path
    return FileManager.default.isExecutableFile(atPath: agent)
      && FileManager.default.fileExists(atPath: "/var/run/docker.sock")
  }()

  static func call(_ arguments: [String]) async throws -> Program.Ending {
    try await Program.run("", ["docker"] + arguments, at: URL(fileURLWithPath: "/usr/bin/env"))
  }

  /// What a call prints, without the last line's end.
  static func said(_ arguments: [String]) async throws -> String {
    let ending = try await call(arguments)
    try #require(ending.code == 0, "docker \(arguments): \(ending.errors)")
    return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// With images of the programs that were built, and on a port of its own.
  static func rehearsal(_ arguments: [String], length: String = "5s", log: URL? = nil) throws -> Program {
    try Program(
      "", arguments,
      environment: [
        "GRID_IMAGES": "prebuilt", "GRID_BIN": Program.folder.path, "PAGE_PORT": "",
        "COMPOSE_LOG": log?.path ?? "", "REHEARSAL_DURATION": length,
      ], at: repositoryRoot().appending(path: "scripts/rehearse-docker"))
  }
}

extension EndToEnd {
  /// `make rehearse-docker` and `make rehearse-docker-attached`.
  @Suite(.serialized, .enabled(if: Docker.isWanted, "no Docker engine, or no shipped agent: make agent"))
  struct ComposeTests {
    private let crossed = ["--threshold", "http_req_duration=p(95)<1"]

    private func expectPass(_ ending: Program.Ending) throws -> String {
      try #require(ending.code == 0, "\(ending.output)\n\(ending.errors)")
      #expect(ending.output.contains("PASS"))
      for shard in 0..<3 {
        #expect(ending.output.contains(try Regex("(?m)^  \(shard) +complete ")), "\(ending.output)")
      }
      let page = try #require(ending.output.firstMatch(of: #/the page: (http:\S+)\//#))
      return String(page.1)
    }

    private func expectNothingLeft() async throws {
      let ending = try await Docker.rehearsal(["down"]).ending()
      #expect(ending.code == 0, "\(ending.errors)")
      for label in ["k6-grid.task", "com.docker.compose.project=k6-grid-rehearsal"] {
        #expect(try await Docker.said(["ps", "-aq", "--filter", "label=\(label)"]).isEmpty, "\(label)")
      }
      #expect(try await Docker.said(["network", "ls", "-q", "--filter", "name=k6-grid"]).isEmpty)
    }

    @Test func `tasks of an ECS are containers of their size, and a night passes, and one fails`()
      async throws
    {
      let log = try temporaryFolder().appending(path: "compose.log")
      let night = try Docker.rehearsal(["ecs", "--env", "REHEARSAL_DURATION=5s"], log: log)
      try await eventually("a task's container", within: 240) {
        try await !Docker.said(["ps", "-q", "--filter", "label=k6-grid.task"]).isEmpty || !night.isRunning
      }
      let task = try await Docker.said(["ps", "-q", "--filter", "label=k6-grid.task"]).prefix(12)
      let seen =
        task.isEmpty ? nil : try JSON(try await Docker.said(["inspect", String(task)]).utf8).array?.first
      let page = try expectPass(await night.ending())
      #expect(seen?["HostConfig"]?["NanoCpus"]?.integer == 500_000_000)
      #expect(seen?["HostConfig"]?["Memory"]?.integer == 1 << 30)
      #expect(seen?["HostConfig"]?["ReadonlyRootfs"]?.bool == true)
      #expect(seen?["Config"]?["StopTimeout"]?.integer == 120)
      #expect(seen?["Config"]?["User"]?.string == "12345")
      let said = try String(contentsOf: log, encoding: .utf8)
      #expect(said.contains("handed in"))
      #expect(!said.contains("rehearsal-token"), "the secret is in a log")
      let report = try loopbackHTTP("GET", "\(page)/rehearsal/report/index.html")
      #expect(report.status == 200 && String(decoding: report.body, as: UTF8.self).contains("<html"))
      #expect(
        try loopbackHTTP("GET", "\(page)/rehearsal/history.csv").status == 404, "only what is published")

      let other = try await Docker.rehearsal(["ecs", "--env", "REHEARSAL_DURATION=2s"] + crossed).ending()
      #expect(other.code == 1, "\(other.output)\n\(other.errors)")
      let told = try loopbackHTTP("GET", "\(page)/alerts").body
      #expect(String(decoding: told, as: UTF8.self).contains("(limit 1 ms)"), "SNS was told nothing")
      #expect(
        try await Docker.said(["ps", "-aq", "--filter", "label=k6-grid.task"]).isEmpty, "a task is left")
      try await expectNothingLeft()
    }

    @Test
    func `containers with no index of their own and a bucket make one run that passes, and one that fails`()
      async throws
    {
      let page = try expectPass(await Docker.rehearsal(["attached"]).ending())
      #expect(try loopbackHTTP("GET", "\(page)/attached/report/index.html").status == 200)
      let other = try await Docker.rehearsal(["attached"] + crossed, length: "2s").ending()
      #expect(other.code == 1, "\(other.output)\n\(other.errors)")
      try await expectNothingLeft()
    }
  }
}
