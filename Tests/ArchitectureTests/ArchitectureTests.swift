import Foundation
import TestSupport
import Testing

/// Holds the arrows of ARCHITECTURE.md: programs -> outside adapters -> pure steps -> values; the two programs never
/// know each other; what touches the outside says so in its name.
@Suite struct ArchitectureTests {
  struct Source: Sendable, CustomTestStringConvertible {
    /// From the repository's root, as `Sources/Shared/Metrics/Histogram.swift`.
    let path: String
    let text: String
    var testDescription: String { path }
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var name: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }
    /// A file may touch the outside when its name says what of it.
    var isOutside: Bool {
      ["Live", "Process", "Directory", "FIFO", "File", "Command"].contains { name.contains($0) }
    }
    var imports: [String] {
      text.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ").map(String.init)
        guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1 else {
          return nil
        }
        return words[index + 1]
      }
    }
  }

  static let sources: [Source] = {
    let root = repositoryRoot()
    let paths =
      FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)?.allObjects as? [String]
      ?? []
    return paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let text = (try? String(contentsOf: root.appending(path: "Sources/\(path)"), encoding: .utf8)) ?? ""
      return Source(path: "Sources/\(path)", text: text)
    }
  }()

  @Test func `there is something to look at`() {
    #expect(Self.sources.count > 60)
    #expect(Set(Self.sources.map(\.target)) == ["Coordinator", "ShardAgent", "Shared"])
  }

  @Test func `the programs know what is shared, never each other`() {
    for source in Self.sources {
      #expect(
        !source.imports.contains("Coordinator") && !source.imports.contains("ShardAgent"), "\(source.path)")
      if source.target == "Shared" { #expect(!source.imports.contains("Shared"), "\(source.path)") }
    }
  }

  /// Full Foundation brings 44 MB of tables into the agent's image.
  @Test func `nothing of the agent's uses full Foundation`() {
    for source in Self.sources where source.target != "Coordinator" {
      #expect(!source.imports.contains("Foundation"), "\(source.path)")
    }
  }

  @Test func `only files that say so in their name touch the outside`() {
    let outside = [
      "Glibc", "Subprocess", "AsyncHTTPClient", "UnixSignals", "NIOCore", "NIOHTTP1",
      "NIOPosix", "SystemPackage",
    ]
    let words = [
      "Date()", "ProcessInfo", "print(", "UTCInstant.live", ".random(in:", "FileManager", "Task.sleep",
    ]
    for source in Self.sources where !source.isOutside {
      for module in source.imports where outside.contains(module) {
        // memchr, memcmp and memcpy touch nothing outside.
        if source.name == "Bytes", module == "Glibc" { continue }
        Issue.record("\(source.path) imports \(module)")
      }
      for word in words
      where source.text.contains(word)
        && !source.text.contains("Sendable (Span<UInt8>, K6Pipe) -> Void\n  ) async throws -> K6Exit")
      {
        Issue.record("\(source.path) uses \(word)")
      }
    }
  }

  /// Values and steps: what a folder may import at the most.
  @Test(
    arguments: [
      ("Sources/Shared/Metrics/", ["FoundationEssentials", "CZlib"]),
      ("Sources/Shared/Shard/", ["Crypto", "Glibc"]),
      ("Sources/ShardAgent/Stream/", ["Shared"]),
      ("Sources/ShardAgent/Aggregate/", ["Shared", "Synchronization"]),
      ("Sources/Coordinator/Gate/", ["Shared", "Foundation"]), ("Sources/Coordinator/Merge/", ["Shared"]),
      ("Sources/Coordinator/Plan/", ["Shared", "Yams"]), ("Sources/Coordinator/History/", ["Shared"]),
      ("Sources/Coordinator/Demo/", ["Shared"]),
      ("Sources/Coordinator/GitHub/", ["Shared", "FoundationEssentials"]),
      ("Sources/Coordinator/Report/", ["Shared", "Foundation", "Synchronization", "Mustache"]),
    ])
  func `steps are pure`(folder: String, allowed: [String]) {
    let sources = Self.sources.filter { $0.path.hasPrefix(folder) }
    #expect(!sources.isEmpty)
    for source in sources {
      for module in source.imports where source.name != "Bytes" || module != "Glibc" {
        #expect(allowed.contains(module), "\(source.path) imports \(module)")
      }
    }
  }

  /// What talks to AWS is values and steps around one transport; only the live one knows a network.
  @Test func `the AWS client is pure but for its live files`() {
    let sources = Self.sources.filter {
      $0.path.hasPrefix("Sources/Shared/AWS/") || $0.name.hasPrefix("S3") || $0.name == "ConditionalPut"
    }
    #expect(sources.count > 15)
    for source in sources where !source.name.hasPrefix("Live") {
      for module in source.imports {
        #expect(
          ["Crypto", "FoundationEssentials", "Synchronization"].contains(module),
          "\(source.path) imports \(module)")
      }
    }
    #expect(sources.filter { $0.imports.contains("AsyncHTTPClient") }.map(\.name) == ["LiveHTTPTransport"])
    #expect(sources.filter { $0.imports.contains("Crypto") }.map(\.name) == ["SigV4Signer"])
  }

  @Test func `every page that a page links to is there`() throws {
    let root = repositoryRoot()
    let pages =
      try ["", "docs/"].flatMap { (folder) -> [String] in
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).map {
          folder + $0
        }
      }.filter { $0.hasSuffix(".md") }
    #expect(pages.count >= 8)
    for page in pages {
      let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
      let folder = root.appending(path: page).deletingLastPathComponent()
      for link in text.matches(of: #/\]\(([^)#:]+)(#[^)]*)?\)/#) {
        let target = folder.appending(path: String(link.1)).path
        #expect(FileManager.default.fileExists(atPath: target), "\(page) links to \(link.1)")
      }
    }
  }

  @Test func `files are short, and nothing is public`() {
    for source in Self.sources {
      let length = source.text.split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(length <= 400, "\(source.path) has \(length) lines")
      #expect(source.text.firstMatch(of: #/(?m)^\s*(public|open)\s/#) == nil, "\(source.path)")
    }
    let lengths = Self.sources.map { $0.text.split(separator: "\n", omittingEmptySubsequences: false).count }
      .sorted()
    #expect(lengths[lengths.count / 2] <= 100, "the median file")
  }
}
