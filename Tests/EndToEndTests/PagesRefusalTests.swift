import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// What a server refuses is one sentence with what to do, and no text has the token in it.
@Suite(.serialized) struct PagesRefusalTests {
  private func sentence(
    _ remote: PagesRemote, to address: String? = nil, _ environment: [String: String] = [:]
  ) async throws -> String {
    let error = await #expect(throws: PublishingError.self) {
      _ = try await remote.publish(to: address, environment: environment)
    }
    try await remote.check()
    let sentence = error?.description ?? ""
    #expect(!sentence.contains("\n"))
    return sentence
  }

  @Test func `a branch that is protected, or takes no force`() async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    try await remote.publish()
    try await remote.append(SampleSite.date(1))
    try await remote.git("-C", remote.repository, "config", "receive.denyNonFastForwards", "true")
    #expect(try await sentence(remote).contains("; the branch is protected: let this workflow push to it"))
    try await remote.git("-C", remote.repository, "config", "receive.denyNonFastForwards", "false")
    let hook = URL(fileURLWithPath: "\(remote.repository)/hooks/pre-receive")
    try FileManager.default.createDirectory(
      at: hook.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("#!/bin/sh\necho 'error: GH006: Protected branch update failed'; exit 1\n".utf8).write(to: hook)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook.path)
    let words = try await sentence(remote)
    #expect(
      words.hasPrefix(
        "the page was not published to the branch gh-pages of \(remote.repository); the branch is protected"))
    #expect(words.contains("(git push: ") && words.contains("GH006"))
    // What was there is there.
    #expect(try await remote.seen().runs == [SampleSite.date(0)])
  }

  @Test func `no git, no repository, no server, no folder`() async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    #expect(
      try await sentence(remote, ["PATH": "/none"])
        == "the page cannot be published to a branch: there is no git on PATH; install git, or publish to the store alone"
    )
    let missing = try await sentence(remote, to: "\(remote.repository)-none")
    #expect(missing.contains("; there is no such repository, or it is hidden from this token"))
    let silent = try await sentence(remote, to: "http://127.0.0.1:1/acme/shop")
    #expect(silent.contains("; try again when it answers (git ls-remote: "))
    let folder = try await sentence(remote, ["TMPDIR": "/proc/none"])
    #expect(folder.contains("no temporary folder can be made in /proc/none"))
  }

  @Test func `GitHub's token goes to GitHub as one header, and is in no argument and no sentence`()
    async throws
  {
    let remote = try await PagesRemote()
    let script = repositoryRoot().appending(path: "Tests/StandIns/GitServer/server.py").path
    let server = try LineProcess(["python3", script, remote.folder.path])
    let host = "127.0.0.1:\(try await server.readLine())"
    let address = "http://\(host)/pages.git"
    // Whatever git is told in its arguments.
    let log = remote.folder.appending(path: "arguments")
    let wrapper = try remote.wrapper("echo \"$@\" >> '\(log.path)'")
    // A configuration that also has a header, as actions/checkout leaves one.
    try Data("[http \"http://\(host)/\"]\n\textraHeader = Authorization: Basic b3RoZXI=\n".utf8).write(
      to: remote.folder.appending(path: ".gitconfig"))
    func environment(_ token: String) -> [String: String] {
      ["GITHUB_SERVER_URL": "http://\(host)", "GIT_TRACE_CURL": "1", "GITHUB_TOKEN": token].merging(wrapper) {
        $1
      }
    }
    try await remote.append(SampleSite.date(0))
    var texts = [
      try await sentence(remote, to: address, environment("reader-token")),
      try await sentence(remote, to: address, environment("wrong-token")),
    ]
    #expect(texts[0].contains("permissions: contents: write"), "\(texts[0])")
    #expect(texts[0].contains("***"), "the server repeats the header: \(texts[0])")
    #expect(texts[1].contains("set GITHUB_TOKEN"), "\(texts[1])")
    for day in 1..<3 {
      try await remote.append(SampleSite.date(day))
      try await remote.publish(to: address, environment: environment("writer-token\n"))
    }
    // One that is in the address of a checkout's origin.
    try await remote.append(SampleSite.date(3))
    try await remote.publish(
      to: "http://x-access-token:writer-token@\(host)/pages.git", environment: wrapper)
    try await remote.append(SampleSite.date(4))
    texts.append(
      try await sentence(remote, to: "http://x-access-token:reader-token@\(host)/pages.git", wrapper))
    // A token in the user's place, of a server that is not GitHub's; also as the checkout's origin.
    let other = wrapper.merging(["GITHUB_SERVER_URL": "https://github.com", "GITHUB_TOKEN": "hubs-token"]) {
      $1
    }
    try await remote.publish(to: "http://writer-token@\(host)/pages.git", environment: other)
    try await remote.append(SampleSite.date(5))
    texts.append(try await sentence(remote, to: "http://reader-token@\(host)/pages.git", other))
    texts.append(try await sentence(remote, to: "http://wrong%2Dtoken@\(host)/pages.git", other))
    try await remote.git("init", "--quiet", remote.folder.path)
    let origin = "http://reader-token@\(host)/pages.git"
    try await remote.git("-C", remote.folder.path, "remote", "add", "origin", origin)
    let named = remote.publisher(environment: other)
    let publisher = PagesBranch(
      target: PagesTarget(), environment: named.environment, directory: named.directory, now: named.now,
      wait: named.wait, timeLimit: named.timeLimit)
    let refused = await #expect(throws: PublishingError.self) {
      _ = try await publisher.publish(stored: nil) { try await remote.site() }
    }
    texts.append(refused?.description ?? "")
    #expect(texts.suffix(3).allSatisfy { $0.contains("of http://\(host)/pages.git; ") }, "\(texts)")
    texts.append(try String(contentsOf: log, encoding: .utf8))
    #expect(texts.last?.contains("push") == true)
    for token in ["reader-token", "writer-token", "wrong-token", "wrong%2Dtoken", "hubs-token"] {
      let encoded = ["x-access-token:\(token)", "\(token):"].map { Data($0.utf8).base64EncodedString() }
      for text in texts { #expect(([token] + encoded).allSatisfy { !text.contains($0) }, "\(text)") }
    }
    #expect(try await remote.seen().runs == (0..<5).map(SampleSite.date))
    #expect(try await remote.log("%an") == ["k6-grid"])
  }
}
