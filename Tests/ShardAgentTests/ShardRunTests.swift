import Foundation
import Logging
import Shared
import SystemPackage
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct ShardRunTests {
  private struct NoK6: K6Runner {
    struct Missing: Error {}
    func output(_ invocation: K6Invocation) async throws -> K6Output { throw Missing() }
    func run(
      _ invocation: K6Invocation, started: @Sendable (any K6Control) -> Void,
      print: @escaping @Sendable (Span<UInt8>, K6Pipe) -> Void
    ) async throws -> K6Exit { throw Missing() }
  }

  private struct NoNetwork: HTTPTransport {
    func send(_ request: HTTPRequest) async throws -> HTTPResponse { throw HTTPFailure("no network") }
  }

  private let store = TestStore()
  private let host = TestHost()
  private let stop = StopRequest()
  private let keys = RunKeys(RunID("2026-11-23")!)

  private func run(_ files: PrivateFiles) throws -> ShardRun {
    var raw = RawShardOptions(script: "load.js")
    (raw.store, raw.run) = ("file:///store", "2026-11-23")
    let options = try ShardOptions(raw) { _ in true }
    let retry = RetryWindow.gettingReady(host.host(), stop, .silent)
    return ShardRun(
      options: options, host: host.host(), store: store, runner: NoK6(),
      restAPI: { _ in K6RestAPI { _ in throw K6RestAPI.Closed() } }, freeAddress: { "127.0.0.1:1" },
      files: files, logger: .silent, stop: stop, metricOutput: MetricOutputFile(.standardOutput) { _ in },
      source: ScriptSource(
        options: options, store: store, openStore: { [store] _ in store }, files: files,
        readFile: { _ in [] }, retry: retry),
      metadataReader: TaskMetadataReader(transport: NoNetwork(), sleep: host.host().sleep),
      secretReader: SecretReader(retry: retry) { _ in throw HTTPFailure("no network") }, redactor: Redactor())
  }

  @Test func `a shard that took an index says under it why it came to nothing`() async throws {
    store[keys.plan] = try encoded(
      RunPlan(
        run: keys.run, nonce: "n", suite: "s", shardCount: 3, script: "load.js", scriptDigest: nil,
        createdAt: host.now))
    store[keys.claim(0)] = Array("somebody's".utf8)
    let files = PrivateFiles(folder: try temporaryFolder().path)
    let failure = await #expect(throws: ShardFailure.self) { try await run(files).carryOut() }
    let failed = try decoded(ShardFailed.self, from: try #require(store[keys.failed(1)]), name: "failed.json")
    #expect(failed.index == 1 && failed.reason == failure?.sentence && failed.reason.contains("k6"))
  }
}
