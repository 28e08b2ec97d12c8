import Logging
import Shared
import Synchronization
import Testing

@testable import ShardAgent

@Suite struct StorePollingTests {
  private let host = TestHost()
  private let stop = StopRequest()

  private func value(_ look: () throws -> Int?) async throws -> Int {
    let polling = StorePolling(
      host: host.host(), seconds: 1, stop: stop,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await polling.value(within: 10, late: { .unavailable("too late\($0)") }, look)
  }

  @Test(arguments: [
    AWSError.sample(nil, nil), .sample("SlowDown", 503), .sample("InternalError", 500),
  ])
  func `what may pass is waited for`(error: AWSError) async throws {
    var looks = 0
    let found = try await value {
      looks += 1
      if looks < 4 { throw error }
      return looks
    }
    #expect(found == 4)
  }

  @Test func `a store that never answers is named when the time is up`() async {
    let failure = await #expect(throws: ShardFailure.self) {
      try await value { throw HTTPFailure("connection refused") }
    }
    #expect(failure?.sentence == "too late: connection refused")
  }

  @Test func `a refusal is an error at once, never an object that is not there`() async {
    let begun = host.now
    await #expect(throws: AWSError.self) { try await value { throw AWSError.sample("AccessDenied", 403) } }
    #expect(host.now == begun)
  }

  @Test func `who is told to stop waits no longer`() async {
    let failure = await #expect(throws: ShardFailure.self) {
      try await value {
        stop.request(.signal, "SIGTERM")
        return nil
      }
    }
    #expect(failure?.exitCode == 143)
  }
}
