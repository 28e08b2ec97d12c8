import Shared

/// What the coordinator asks of the machine it runs on.
struct CoordinatorHost: Sendable {
  var now: @Sendable () -> UTCInstant
  let sleep: @Sendable (Duration) async throws -> Void
  let environment: [String: String]
  let randomText: @Sendable () -> String
}

extension CoordinatorHost {
  /// The start instant is read by machines whose clocks are right. While this one's is off for certain, the store's counts,
  /// which says it to half a second.
  func onClock(of store: any ObjectStore) -> CoordinatorHost {
    var host = self
    host.now = { [now] in now().advanced(bySeconds: correction(store) ?? 0) }
    return host
  }

  /// A sentence when the store's clock counts; `nil` while this machine's may be right.
  func clockNote(_ store: any ObjectStore) -> String? {
    correction(store).map {
      "this machine's clock is \(Int(min(abs($0), 1e12).rounded())) s \($0 > 0 ? "behind" : "ahead of") the store's, which counts: set it right"
    }
  }

  /// In seconds.
  private func correction(_ store: any ObjectStore) -> Double? {
    guard let clock = store.clock, let ahead = clock.offset, abs(ahead) - clock.errorBound > 1000 else {
      return nil
    }
    return -ahead / 1000
  }

  /// - Parameter note: for people, as a sentence, at the first failure.
  func retryWindow(_ who: String = "the store", note: @escaping @Sendable (String) -> Void) -> RetryWindow {
    RetryWindow(now: now, sleep: sleep) {
      note("\(who) does not answer, which is tried again for up to \(Int(RetryWindow.usualSeconds)) s: \($0)")
    }
  }
}

/// A call that need not be waited for any longer than this.
/// - Throws: ``HTTPFailure`` when there was no answer in time; whether it was carried out is not known then.
func answered<Answer: Sendable>(
  within seconds: Double, _ host: CoordinatorHost, _ call: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
  try await withThrowingTaskGroup(of: Answer.self) { group in
    group.addTask { try await call() }
    group.addTask {
      try await host.sleep(.seconds(seconds))
      throw HTTPFailure("there was no answer within \(Int(seconds)) s")
    }
    defer { group.cancelAll() }
    guard let first = try await group.next() else { throw CancellationError() }
    return first
  }
}
