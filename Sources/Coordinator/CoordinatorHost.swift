import Shared

/// What the coordinator asks of the machine it runs on.
struct CoordinatorHost: Sendable {
  var now: @Sendable () -> UTCInstant
  let sleep: @Sendable (Duration) async throws -> Void
  let environment: [String: String]
  let randomText: @Sendable () -> String
}

extension CoordinatorHost {
  /// The start instant is read by machines whose clocks are right. Where this one's is off for certain, the store's counts,
  /// which says it to half a second.
  func onClock(of store: any ObjectStore, note: (String) -> Void) -> CoordinatorHost {
    guard let clock = store.clock, let ahead = clock.offset, abs(ahead) - clock.errorBound > 1000 else {
      return self
    }
    let offset = -ahead / 1000
    note(
      "this machine's clock is \(Int(min(abs(offset), 1e12).rounded())) s \(offset > 0 ? "behind" : "ahead of") the store's, which counts: set it right"
    )
    var host = self
    host.now = { [now] in now().advanced(bySeconds: offset) }
    return host
  }

  /// - Parameter note: for people, as a sentence, at the first failure.
  func retryWindow(_ who: String = "the store", note: @escaping @Sendable (String) -> Void) -> RetryWindow {
    RetryWindow(now: now, sleep: sleep) {
      note("\(who) does not answer, which is tried again for up to \(Int(RetryWindow.usualSeconds)) s: \($0)")
    }
  }
}
