import Foundation
import Logging
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct StartAgreementTests {
  private let store = TestStore()
  private let host = TestHost()
  private let stop = StopRequest()
  private let keys = RunKeys(RunID("2026-11-23")!)

  /// All words of the coordinator come as soon as the shard has said that it is ready.
  private func instant(startIn seconds: Double, setup: SetupMode = .perShard) async throws -> UTCInstant {
    let context = try ShardContext.sample(store, host.host(), setup: setup)
    let start = host.now.advanced(bySeconds: seconds)
    store.beforeNextPut { store, _ in
      store[keys.thresholds] = try? encoded(RunThresholds(nonce: "n", thresholds: []))
      store[keys.start] = try? encoded(StartSignal(nonce: "n", startAt: start))
    }
    let agreement = StartAgreement(
      context: context,
      k6: K6RestAPI { _ in
        store.fail(.sample("SlowDown", 503), times: 10)
        return (
          200, Array(#"{"data":{"type":"setupData","id":"default","attributes":{"data":{"a":1}}}}"#.utf8)
        )
      }, stream: SampleStream(reportTags: [], seriesCap: 10), stop: stop,
      console: K6ConsoleFile(
        path: try temporaryFolder().appending(path: "log").path, logger: .silent, now: host.host().now))
    return try await agreement.instant {}
  }

  @Test func `a store that fails for a moment delays the first word, and costs nothing`() async throws {
    store.fail(.sample("SlowDown", 503), times: 20)
    let start = host.now.advanced(bySeconds: 60)
    #expect(try await instant(startIn: 60) == start)
    #expect(store[keys.ready(0)] != nil)
  }

  @Test func `what setup() returned is put again until it is there`() async throws {
    _ = try await instant(startIn: 5, setup: .once)
    #expect(store[keys.setup] != nil)
  }

  @Test func `who is told to stop waits no longer`() async throws {
    store.fail(.sample("SlowDown", 503), times: 20)
    stop.request(.command, "enough")
    let failure = await #expect(throws: ShardFailure.self) { _ = try await instant(startIn: 5) }
    #expect(failure?.exitCode == 143)
  }

  @Test func `a start that is an hour away is a clock that is wrong`() async throws {
    let failure = await #expect(throws: ShardFailure.self) { _ = try await instant(startIn: 3600) }
    #expect(failure?.exitCode == 69)
    #expect(failure?.sentence.contains("expected a start within 60 s, so this clock") == true)
  }
}
