import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite(.serialized) struct UsageTests {
    private let script = repositoryRoot().appending(path: "docker/rehearsal/load.js").path

    @Test(
      arguments: [
        ["run", "--shard-index", "3", "--shard-count", "3"],
        ["run", "--shard-index", "-1", "--shard-count", "3"],
        ["run", "--shard-count", "0"], ["run", "--shard-index", "x"], ["run", "--shard-count", "3"],
        ["run", "none.js"], ["run", "--emf-interval", "0"],
      ])
    func `a shard that cannot be is refused in one sentence, and nothing is started`(arguments: [String])
      async throws
    {
      let folder = try temporaryFolder()
      let marker = folder.appending(path: "started")
      let fake = folder.appending(path: "k6")
      try "#!/bin/sh\ntouch \(marker.path)\n".write(to: fake, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fake.path)
      let ending = try await Program.run(
        "shard-agent", arguments + (arguments.contains("none.js") ? [] : [script]),
        environment: ["K6_BIN": fake.path])
      #expect(ending.code == 64, "\(ending.errors)")
      #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
      #expect(
        try JSON(ending.errors.utf8)["level"] == .string("error"), "it is a log line, like all that follow")
      #expect(!FileManager.default.fileExists(atPath: marker.path))
    }

    @Test(
      arguments: [
        ["run", "--script", "none.js", "--local"], ["run", "--local"], ["run", "--script", "x"],
        ["run", "--local", "--script", "none.js", "--threshold", "nonsense"], ["gate", "/nowhere"],
        ["run", "--local", "--config", "/nowhere/grid.yml"], ["run", "--local", "--script", "/tmp"],
        ["run", "--local", "--script", "/dev/null", "--", "--paused"],
      ])
    func `a run that cannot be is refused in one sentence`(arguments: [String]) async throws {
      let ending = try await Program.run("coordinator", arguments)
      #expect(ending.code == 64, "\(ending.output)\(ending.errors)")
      #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }

    @Test func `an agent's health is asked without a shell: alive, stopped, gone`() async throws {
      let folder = try temporaryFolder()
      let script = folder.appending(path: "long.js")
      try "import { sleep } from 'k6';\nexport default function () { sleep(60) }".write(
        to: script, atomically: true, encoding: .utf8)
      let environment = ["TMPDIR": folder.path, "K6_BIN": K6.newest.path]
      func health(_ arguments: [String] = []) async throws -> Program.Ending {
        try await Program.run("shard-agent", ["healthcheck"] + arguments, environment: environment)
      }
      #expect(try await health().code == 1)
      let agent = try Program(
        "shard-agent", ["run", script.path, "--store", "file://\(folder.path)/out"], environment: environment)
      try await eventually("a beat") { try await health().code == 0 }
      agent.signal(SIGSTOP)
      try await eventually("no beat") { try await health(["--within", "0.5"]).code == 1 }
      agent.signal(SIGCONT)
      agent.signal(SIGTERM)
      _ = await agent.ending()
      let gone = try await health()
      #expect(gone.code == 1 && gone.output == "no agent runs here\n")
      #expect(try await health(["--within", "0"]).code == 64)
    }

    @Test(arguments: ["coordinator", "shard-agent"]) func `help and version`(program: String) async throws {
      #expect(try await Program.run(program, ["--version"]).output == "0.1.0\n")
      let help = try await Program.run(program, ["run", "--help"])
      #expect(help.code == 0)
      #expect(help.output.contains("USAGE: \(program) run"))
    }

    @Test func `a k6 that is not there, or is none, is said so`() async throws {
      for (k6, expected) in [
        ("/nowhere/k6", "could not be started"), ("/bin/true", "does not answer 'version' as k6 does"),
      ] {
        let ending = try await Program.run(
          "shard-agent", ["run", script, "--store", "file://\(try temporaryFolder().path)"],
          environment: ["K6_BIN": k6])
        #expect(ending.code == 69)
        #expect(ending.errors.contains(expected), "\(ending.errors)")
      }
    }

    @Test(arguments: K6.allCases) func `a shard by hand runs alone`(k6: K6) async throws {
      let folder = try temporaryFolder()
      let script = folder.appending(path: "small.js")
      try "export default function () {}".write(to: script, atomically: true, encoding: .utf8)
      let ending = try await Program.run(
        "shard-agent",
        ["run", script.path, "--store", "file://\(folder.path)/out", "--", "--iterations", "5"],
        environment: ["K6_BIN": k6.path])
      #expect(ending.code == 0, "\(ending.errors)")
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path + "/out")
      let summary = try #require(
        files.first { $0.hasPrefix("hand-") && $0.hasSuffix("shard-0/summary.json") })
      let run = "\(folder.path)/out/\(summary.split(separator: "/")[0])"
      let judged = try await Program.run("coordinator", ["gate", run, "--threshold", "iterations=count==5"])
      #expect(judged.code == 0, "\(judged.output)\(judged.errors)")
      let document = try await Program.run(
        "coordinator", ["gate", run, "--threshold", "iterations=count==5", "--json"])
      #expect(try JSON(document.output.utf8)["verdict"] == "pass")
    }

    @Test func `a store that takes nothing is found out before the load`() async throws {
      let ending = try await Program.run(
        "shard-agent", ["run", script, "--store", "file:///proc/x"], environment: ["K6_BIN": K6.newest.path])
      #expect(ending.code == 69)
      #expect(ending.errors.contains("/proc/x") && !ending.errors.contains("k6 starts"), "\(ending.errors)")
    }
  }
}
