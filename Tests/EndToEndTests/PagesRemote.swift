import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// A bare repository on disk, people who push to it, a history, and coordinators that publish.
struct PagesRemote: Sendable {
  let folder: URL
  let store: DirectoryObjectStore
  /// Nothing may be left in it.
  let temporary: URL
  let repository: String

  init() async throws {
    folder = try temporaryFolder()
    store = DirectoryObjectStore(folder: folder.appending(path: "store").path)
    temporary = folder.appending(path: "temporary")
    repository = folder.appending(path: "pages.git").path
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    try await git("init", "--quiet", "--bare", "--initial-branch=gh-pages", repository)
    // What may be seen of an unreachable commit does not depend on the moment.
    try await git("-C", repository, "config", "gc.auto", "0")
  }

  var environment: [String: String] {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": folder.path,
      "TMPDIR": temporary.path, "GIT_CONFIG_NOSYSTEM": "1",
    ]
  }

  @discardableResult
  func git(_ arguments: String...) async throws -> String {
    let ending = try await Program.run(
      "git", ["git", "-c", "user.name=Ada", "-c", "user.email=ada@acme.org"] + arguments,
      environment: ["HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1"], at: URL(fileURLWithPath: "/usr/bin/env")
    )
    try #require(ending.code == 0, "git \(arguments): \(ending.errors)")
    return ending.output.trimmingCharacters(in: .newlines)
  }

  /// In the repository.
  func log(_ format: String) async throws -> [String] {
    try await git("-C", repository, "log", "--format=\(format)", "gh-pages").split(separator: "\n").map(
      String.init)
  }

  func paths() async throws -> [String] {
    try await git("-C", repository, "ls-tree", "-r", "--name-only", "gh-pages").split(separator: "\n").map(
      String.init)
  }

  func text(_ path: String) async throws -> String {
    try await git("-C", repository, "show", "gh-pages:\(path)")
  }

  /// A person's commit on top of the branch.
  func person(writes path: String, _ text: String, amending: Bool = false) async throws {
    let clone = try temporaryFolder().path
    if try await git("ls-remote", repository, "refs/heads/gh-pages").isEmpty {
      try await git("clone", "--quiet", repository, clone)
      try await git("-C", clone, "checkout", "--quiet", "-B", "gh-pages")
    } else {
      try await git("clone", "--quiet", "--branch", "gh-pages", repository, clone)
    }
    let file = URL(fileURLWithPath: clone).appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try await git("-C", clone, "add", "--all")
    if amending {
      try await git("-C", clone, "commit", "--quiet", "--amend", "--no-edit")
    } else {
      try await git("-C", clone, "commit", "--quiet", "--message", "Write \(path)")
    }
    try await git("-C", clone, "push", "--quiet", "--force", "origin", "HEAD:gh-pages")
  }

  /// - Parameter address: of the repository, if not its path.
  func publisher(
    _ folder: String = "", to address: String? = nil, environment: [String: String] = [:]
  ) -> PagesBranch {
    PagesBranch(
      target: PagesTarget(repository: address ?? repository, folder: folder),
      environment: self.environment.merging(environment) { $1 }, directory: self.folder.path,
      now: UTCInstant.live, wait: { try await liveHistoryWait($0 / 10) }, timeLimit: 60)
  }

  /// A line of the history.
  func append(_ run: String) async throws {
    let id = try #require(RunID(run))
    let start = try decoded(UTCInstant.self, from: Array("\"\(run)T02:14:00Z\"".utf8), name: "a test")
    let record = HistoryRecord(suite: "shop", run: id, startedAt: start, verdict: .pass)
    try await History(store: store, wait: liveHistoryWait).append(record)
  }

  /// What the history says, drawn.
  func site() async throws -> Site {
    let table = try HistoryTable(try await store.get(historyKey)?.bytes ?? [])
    return Site(files: SampleSite.files(table.records.map(\.run.text)).map { Site.File($0.path, $0.text) })
  }

  @discardableResult
  func publish(
    _ folder: String = "", to address: String? = nil, environment: [String: String] = [:]
  ) async throws -> PagesBranch.Outcome {
    try await publisher(folder, to: address, environment: environment).publish(stored: nil) {
      try await site()
    }
  }

  /// The branch as somebody has it who clones it now: what is wrong with it, and which runs are in it.
  func seen(_ folder: String = "") async throws -> (problems: [String], runs: [String]) {
    let clone = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: clone) }
    try await git(
      "clone", "--quiet", "--depth", "1", "--branch", "gh-pages", "file://\(repository)", clone.path)
    let root = clone.appending(path: folder)
    func read(_ path: String) -> String? {
      try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
    return (SampleSite.problems(read), SampleSite.runs(read("index.html") ?? ""))
  }

  /// The repository is sound, and nothing was left behind.
  func check() async throws {
    let found = try await git("-C", repository, "fsck", "--full", "--strict")
    #expect(found.split(separator: "\n").allSatisfy { $0.hasPrefix("dangling") }, "\(found)")
    #expect(!FileManager.default.fileExists(atPath: "\(repository)/shallow"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty)
  }

  /// A git before the real one on PATH: a piece of `sh` with the call in "$@", `run` for the real one, and a file "$mark".
  func wrapper(_ script: String) throws -> [String: String] {
    let bin = try temporaryFolder()
    let program = bin.appending(path: "git")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    try Data(
      """
      #!/bin/sh
      mark='\(bin.path)/mark'
      run() { PATH='\(path)' command git "$@"; }
      \(script)
      PATH='\(path)' exec git "$@"
      """.utf8
    ).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    return ["PATH": "\(bin.path):\(path)"]
  }
}
