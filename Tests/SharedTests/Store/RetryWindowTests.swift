import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite struct RetryWindowTests {
  private final class Seen: Sendable {
    private let counts = Mutex((tries: 0, notes: 0))
    var tries: Int { counts.withLock(\.tries) }
    var notes: Int { counts.withLock(\.notes) }
    func note() { counts.withLock { $0.notes += 1 } }
    func tryAgain() -> Int {
      counts.withLock {
        $0.tries += 1
        return $0.tries
      }
    }
  }

  private let clock = TestClock()
  private let seen = Seen()

  private static func error(_ status: Int) -> AWSError {
    AWSError(call: "s3:GetObject", code: "C", message: "", status: status)
  }

  /// Fails so often, then answers which try it was.
  private func run(
    failures: Int, _ error: any Error = error(503), latest: UTCInstant? = nil,
    sleep: @escaping @Sendable () throws -> Void = {}
  ) async throws -> Int {
    let window = RetryWindow(
      latest: { latest }, now: { self.clock.now },
      sleep: { time in
        #expect(time == .seconds(1))
        try sleep()
        self.clock.advance(1)
      }, note: { _ in self.seen.note() })
    return try await window {
      let number = seen.tryAgain()
      if number <= failures { throw error }
      return number
    }
  }

  @Test func `what goes well is done once, and nothing is said`() async throws {
    #expect(try await run(failures: 0) == 1)
    #expect(seen.notes == 0)
  }

  @Test(
    arguments: [
      error(503), error(429), HTTPFailure("no answer"), CredentialError("no answer", isTransient: true),
    ] as [any Error])
  func `what may pass is tried again every second, and said once`(error: any Error) async throws {
    #expect(try await run(failures: 4, error) == 5)
    #expect(seen.notes == 1)
  }

  @Test(arguments: [error(403), CredentialError("wrong token"), UsageError("no region")] as [any Error])
  func `what will not pass ends it at once`(error: any Error) async {
    await #expect(throws: (any Error).self) { try await run(failures: 1, error) }
    #expect(seen.tries == 1 && seen.notes == 0)
  }

  @Test func `after a minute the last failure is thrown`() async {
    let begun = clock.now
    await #expect(throws: AWSError.self) { try await run(failures: .max) }
    #expect(clock.now.seconds(since: begun) == 60 && seen.tries == 61)
  }

  @Test func `it is over before that when there is no more time`() async {
    let begun = clock.now
    await #expect(throws: AWSError.self) {
      try await run(failures: .max, latest: begun.advanced(bySeconds: 10))
    }
    #expect(clock.now.seconds(since: begun) == 10)
  }

  @Test func `the window begins with the first failure`() async throws {
    clock.advance(1000)
    #expect(try await run(failures: 60) == 61)
  }

  @Test func `a sleep that is ended ends it`() async {
    await #expect(throws: CancellationError.self) {
      try await run(failures: .max, sleep: { throw CancellationError() })
    }
    #expect(seen.tries == 1)
  }

  @Test func `who is cancelled tries no more`() async {
    await #expect(throws: AWSError.self) {
      try await withThrowingTaskGroup(of: Int.self) { group in
        group.cancelAll()
        group.addTask { try await run(failures: .max) }
        _ = try await group.next()
      }
    }
    #expect(seen.tries == 1)
  }
}
