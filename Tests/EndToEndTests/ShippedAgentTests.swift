import Foundation
import TestSupport
import Testing

/// What `make agent` builds. On a laptop without it these tests are skipped; in CI they fail.
private enum ShippedAgent {
  static let path = repositoryRoot().appending(path: ".build-static/release/shard-agent")
  static let isWanted =
    FileManager.default.isExecutableFile(atPath: path.path)
    || ProcessInfo.processInfo.environment["CI"] == "true"
}

extension EndToEnd {
  /// The agent as `make agent` builds it for the container's image.
  @Suite(.serialized, .enabled(if: ShippedAgent.isWanted, "the shipped agent is not built: make agent"))
  struct ShippedAgentTests {
    /// The types of an ELF file's program headers.
    private func programHeaders(_ program: Data) -> [UInt32] {
      func number<T: FixedWidthInteger>(_ type: T.Type, _ offset: Int) -> T {
        program.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
      }
      let (first, size) = (Int(number(UInt64.self, 32)), Int(number(UInt16.self, 54)))
      return (0..<Int(number(UInt16.self, 56))).map { number(UInt32.self, first + $0 * size) }
    }

    @Test func `it is static, and small`() throws {
      let program = try Data(contentsOf: ShippedAgent.path)
      let headers = programHeaders(program)
      #expect(headers.contains(1), "something is loaded")
      #expect(!headers.contains(3), "no loader is asked for")
      #expect(!headers.contains(2), "no library is asked for")
      // Full Foundation would be 44 MB more.
      #expect(program.count < 34_000_000, "\(program.count) bytes")
    }

    @Test(.enabled(if: geteuid() == 0, "another root folder needs root"))
    func `it runs where there is nothing else`() async throws {
      let root = try temporaryFolder()
      try FileManager.default.createDirectory(
        at: root.appending(path: "proc"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: ShippedAgent.path, to: root.appending(path: "shard-agent"))
      try Data(recorded("k6-2.2.0/mixed.ndjson")).write(to: root.appending(path: "samples"))
      let ending = try await Program.run(
        "",
        [
          "--pid", "--fork", "--mount", "--root=\(root.path)", "--mount-proc=/proc", "/shard-agent", "replay",
          "/samples",
        ], at: URL(fileURLWithPath: "/usr/bin/unshare"))
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.contains(#""lines" : 849"#))
    }

    @Test(arguments: K6.allCases) func `it carries out a share`(k6: K6) async throws {
      let folder = try temporaryFolder()
      let script = folder.appending(path: "small.js")
      try "export default function () {}".write(to: script, atomically: true, encoding: .utf8)
      let ending = try await Program.run(
        "",
        [
          "run", script.path, "--store", "file://\(folder.path)/out", "--emf", "off", "--", "--iterations",
          "5",
        ], environment: ["K6_BIN": k6.path], at: ShippedAgent.path)
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.output.isEmpty)
      let runs = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/out")
      let run = try #require(runs.first { $0.hasPrefix("hand-") })
      let judged = try await Program.run(
        "coordinator", ["gate", "\(folder.path)/out/\(run)", "--threshold", "iterations=count==5"])
      #expect(judged.code == 0, "\(judged.output)\(judged.errors)")
    }
  }

  /// The debug build names the libraries that the static one would have inside.
  @Suite struct LinkedLibrariesTests {
    @Test func `no full Foundation is in the agent's graph`() async throws {
      let agent = Program.folder.appending(path: "shard-agent")
      let ending = try await Program.run("", [agent.path], at: URL(fileURLWithPath: "/usr/bin/ldd"))
      let libraries = ending.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(libraries.contains { $0.contains("libFoundationEssentials.so") })
      #expect(!libraries.contains { $0.contains("libFoundation.so") || $0.contains("ICU") }, "\(libraries)")
      #expect(!libraries.contains { $0.contains("Internationalization") }, "\(libraries)")
    }
  }
}
