import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import Coordinator
@testable import ShardAgent

extension EndToEnd {
  /// Every command of the docs is run, here or where `notRunHere` says; and what it names is
  /// there: flags, targets, scripts, variables.
  @Suite struct DocsCommandsTests {
    private static let root = repositoryRoot()

    /// Programs of others, and who runs them if not this test.
    private static let notRunHere: [(beginning: String, why: String)] = [
      ("cd", "the shell's own"), ("export", "the shell's own"), ("tail -n +2", "the shell's company"),
      ("python3 -c", "ContractRecipesTests"), ("jq -r .AWS_ROLE_ARN", "InfraTests read that output"),
      ("jq -r .checks[] |", "this test"), ("jq", "ContractRecipesTests"),
      ("python3 Tests/Browser/check_page.py", "PageBrowserTests"),
      ("docker compose", "ComposeTests, through scripts/rehearse-docker"),
      ("docker build --file", "ComposeTests and ShardImageTests"),
      ("docker buildx", "release.yml; it asks a registry"), ("docker login", "a registry"),
      ("docker push", "a registry"), ("docker stop", "ShardImageTests"),
      ("terraform init", "InfraTests"), ("terraform apply", "InfraTests"), ("terraform output", "InfraTests"),
      ("terraform destroy", "InfraTests"),
      ("terraform -chdir=../k6-grid/infra/examples/nightly output", "InfraTests"),
      ("terraform fmt", "scripts/check-infra"),
      ("aws ecr get-login-password", "an account"), ("aws ecs list-tasks", "an account"),
      ("aws ecs run-task", "an account"), ("aws ecs put-cluster-capacity-providers", "an account"),
      ("aws s3 cp", "an account"), ("aws secretsmanager put-secret-value", "an account"),
      ("gh variable set", "GitHub"), ("gh workflow run nightly.yml", "GitHub"), ("gh run watch", "GitHub"),
      ("gh attestation verify", "GitHub"), ("sha256sum --check", "coreutils; release.yml makes the file"),
      ("k6 run", "by shard-agent, in every run"), ("k6 inspect", "by shard-agent"),
    ]

    @Test func `who is said to run a command is there, and so is the command`() throws {
      let lines = DocumentedPage.all.flatMap { page in
        page.commands.flatMap { shellCommands($0.text) } + page.spans.flatMap(shellCommands)
      }.map { $0.joined(separator: " ") + " " }
      #expect(DocumentedPage.all.count > 20 && lines.count > 300)
      for (beginning, why) in Self.notRunHere {
        #expect(lines.contains { $0.hasPrefix("\(beginning) ") }, "\(beginning) is in no page any more")
        for name in why.matches(of: #/\w+Tests/#).map(\.0) {
          #expect(try text("Tests/EndToEndTests/\(name).swift").contains(name))
        }
      }
    }

    @Test(arguments: DocumentedPage.all) func `every command of a page is covered`(page: DocumentedPage)
      throws
    {
      for (line, text) in page.commands {
        for words in shellCommands(text) {
          if let problem = try problem(words) {
            Issue.record("\(page.path):\(line): \(words.joined(separator: " ")): \(problem)")
          }
        }
      }
      // In a sentence a command may be named without all that it needs.
      let programs = Set(
        Self.notRunHere.compactMap { $0.beginning.split(separator: " ").first.map(String.init) })
      for span in page.spans {
        for words in shellCommands(span)
        where isOurs(words[0]) || programs.contains(words[0]) && words.count > 1 {
          if let problem = try problem(words, isMention: true) {
            Issue.record("\(page.path): `\(span)`: \(problem)")
          }
        }
      }
    }

    private func isOurs(_ program: String) -> Bool {
      ["coordinator", "shard-agent", "make"].contains(program) || program.hasPrefix("scripts/")
        || program.hasPrefix("Benchmarks/")
    }

    private func problem(_ words: [String], isMention: Bool = false) throws -> String? {
      let (program, arguments) = (words[0], Array(words.dropFirst()))
      switch program {
      case "coordinator", ".build/debug/coordinator":
        return refusal(CoordinatorCommand.self, arguments, isMention)
      case "shard-agent", ".build/debug/shard-agent":
        return refusal(ShardAgentCommand.self, arguments, isMention)
      case "make":
        let makefile = try text("Makefile")
        return arguments.filter { !$0.contains("=") && !makefile.contains("\n\($0):") }.first.map {
          "Makefile has no target \($0)"
        }
      case _ where isOurs(program):
        guard
          FileManager.default.isExecutableFile(atPath: Self.root.appending(path: program).path)
            || isMention && program.hasSuffix(".expected")
        else {
          return "no such script"
        }
        let word = arguments.first { $0.first?.isLetter == true }
        return try word.flatMap { try text(program).contains($0) ? nil : "it does not know \($0)" }
      case "terraform": if let problem = try unknownToTerraform(arguments) { return problem }
      case "gh" where arguments.starts(with: ["variable", "set"]):
        let workflow = NewSuiteText.workflow(suite: "shop")
        guard workflow.contains("vars.\(arguments[2]) ") else {
          return "the workflow of init does not read it"
        }
      default: break
      }
      let line = words.joined(separator: " ")
      let isListed = Self.notRunHere.contains { "\(line) ".hasPrefix("\($0.beginning) ") }
      return isListed || isMention && arguments.isEmpty ? nil : "nobody runs it: see notRunHere"
    }

    /// What the program's own parser says.
    private func refusal(_ root: any ParsableCommand.Type, _ arguments: [String], _ isMention: Bool)
      -> String?
    {
      var command: (any ParsableCommand.Type)? = root
      for word in arguments where command != nil {
        command = command?.configuration.subcommands.first { $0._commandName == word }
      }
      if isMention, command != nil { return nil }
      do { _ = try root.parseAsRoot(arguments) } catch {
        if root.exitCode(for: error) != .success { return root.message(for: error) }
      }
      return nil
    }

    private func unknownToTerraform(_ arguments: [String]) throws -> String? {
      let example = "infra/examples/nightly"
      for (option, value) in zip(arguments, arguments.dropFirst()) where option == "-var" {
        let name = value.prefix { $0 != "=" }
        guard try text("\(example)/variables.tf").contains("variable \"\(name)\" {") else {
          return "no variable \(name)"
        }
      }
      guard let output = arguments.firstIndex(of: "output") else { return nil }
      let name = arguments[(output + 1)...].first { !$0.hasPrefix("-") } ?? ""
      return try text("\(example)/outputs.tf").contains("output \"\(name)\" {") ? nil : "no output \(name)"
    }

    private func text(_ path: String) throws -> String {
      try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    @Test func `lines that need no load and no account are run as they stand`() async throws {
      let folder = try temporaryFolder()
      _ = try await Program.run("coordinator", ["demo", "--nights", "9", "--out", "\(folder.path)/out"])
      let documented = Set(
        DocumentedPage.all.flatMap(\.commands).map { $0.text.split(separator: "  ")[0].description })
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      for (line, codes) in [
        ("coordinator init --suite checkout --base-url https://staging.example.com/", 0...0),
        ("coordinator report out", 0...0), ("coordinator report --config grid.yml --out site", 0...0),
        ("coordinator history show out", 0...0), ("coordinator history show --config grid.yml --json", 0...0),
        ("coordinator watchdog --config grid.yml --within 26h", 0...1),
        (
          #"coordinator doctor --config grid.yml --json | jq -r '.checks[] | select(.outcome == "fault") | .id'"#,
          0...0
        ),
      ] {
        #expect(documented.contains(line), "\(line) is in no page")
        let ending = try await Program.run(
          "", ["-c", "cd '\(folder.path)' && \(line)"],
          environment: ["PATH": "\(Program.folder.path):\(path)", "K6_BIN": K6.newest.path],
          at: URL(fileURLWithPath: "/bin/sh"))
        #expect(codes.contains(Int(ending.code)), "\(line): \(ending.code) \(ending.output)\(ending.errors)")
      }
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "site/index.html").path))
    }

    /// A block of YAML whose names are those of grid.yml is one, whole or a part.
    @Test(arguments: DocumentedPage.all) func `every example of a configuration is read`(page: DocumentedPage)
      throws
    {
      let names = { (text: Substring) in
        Set(text.matches(of: #/"([a-z_0-9]+)": \{/#).map { String($0.1) })
      }
      let parts = GridSchema.text.components(separatedBy: "\"definitions\"")
      for block in page.blocks where !block.isCommands && block.language ?? "yaml" == "yaml" {
        let keys = block.text.matches(of: #/(?m)^([a-z_0-9]+):/#).map { String($0.1) }
        guard !keys.isEmpty, keys.allSatisfy(names(parts[0][...]).contains) else { continue }
        #expect(throws: Never.self, "\(page.path):\(block.line)") {
          try GridConfiguration(yaml: block.text, name: page.path)
        }
      }
    }

    @Test(arguments: DocumentedPage.all) func `every link leads somewhere`(page: DocumentedPage) throws {
      let folder = URL(fileURLWithPath: page.path, relativeTo: Self.root).deletingLastPathComponent()
      for link in page.text.matches(of: #/\]\(([^)\s:]*?)(?:#([^)\s]+))?\)/#) {
        let path =
          link.1.isEmpty ? Self.root.appending(path: page.path) : folder.appending(path: String(link.1))
        guard FileManager.default.fileExists(atPath: path.path) else {
          Issue.record("\(page.path): \(link.1) is not there")
          continue
        }
        guard let anchor = link.2 else { continue }
        let headings = try String(contentsOf: path, encoding: .utf8).matches(of: #/(?m)^#+ (.+)$/#)
        let anchors = headings.map { heading in
          heading.1.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }
            .replacing(" ", with: "-")
        }
        #expect(anchors.contains(String(anchor)), "\(page.path): \(link.1)#\(anchor)")
      }
    }
  }
}
