import Foundation
import Logging
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct ShardHandInTests {
  private let store = TestStore()
  private let host = TestHost()
  private let stop = StopRequest()
  private let files = PrivateFiles(folder: (try? temporaryFolder().path) ?? "/nowhere")
  private let keys = RunKeys(RunID("2026-11-23")!)

  init() throws { try files.write([1, 2, 3], to: "k6.log.gz") }

  private func handIn() async throws {
    let context = try ShardContext.sample(store, host.host())
    let retry = RetryWindow.handingIn(
      host.host(), stop, StopPatience(killAfter: 90, teardown: 80), context.logger)
    let handIn = ShardHandIn(
      context: context, store: RetryingStore(store, retry), files: files, k6Summary: nil)
    _ = try await handIn.handIn(
      exit: .exited(0), course: ShardConductor.Course(),
      stream: SampleStream(reportTags: [], seriesCap: 10),
      generator: GeneratorMonitor(host: host.host()).health,
      lastError: nil, stop: stop.reason)
  }

  @Test func `a store that fails for 50 s, from the first look on, costs neither the summary nor the log`()
    async throws
  {
    store.fail(.sample("SlowDown", 503), times: 50)
    try await handIn()
    #expect(store[keys.summary(0)] != nil && store[keys.k6Log(0)] == [1, 2, 3])
  }

  @Test(.timeLimit(.minutes(1)))
  func `a store that does not take the log, or never answers to it, gets the summary`() async throws {
    store.beforeNextPut { store, key in
      #expect(key == "2026-11-23/shard-0/k6.log.gz")
      store.fail(.sample("InternalError", 500), times: 1)
    }
    try await handIn()
    #expect(store[keys.summary(0)] != nil && store[keys.k6Log(0)] == nil)
    store[keys.summary(0)] = nil
    store.hang(keys.k6Log(0))
    let begun = host.now
    try await handIn()
    #expect(store[keys.summary(0)] != nil && host.now.seconds(since: begun) < 11)
  }

  @Test func `a summary that is there is left, and a put whose answer was lost is its own`() async throws {
    try await handIn()
    let first = store[keys.summary(0)]
    let failure = await #expect(throws: ShardFailure.self) { try await handIn() }
    #expect(failure?.sentence.contains("is there already") == true && store[keys.summary(0)] == first)
  }

  @Test func `after a signal it gives up before ECS kills`() async throws {
    stop.signal("SIGTERM", at: host.now)
    host.advance(95)
    let begun = host.now
    store.fail(.sample("SlowDown", 503), times: 100)
    await #expect(throws: AWSError.self) { try await handIn() }
    #expect(host.now.seconds(since: begun) == 15)
  }
}
