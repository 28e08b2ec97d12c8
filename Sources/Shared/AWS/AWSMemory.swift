import Synchronization

/// What is remembered from one call to the next: the retry budget, and how AWS's clock stands to this machine's.
final class AWSMemory: Sendable {
  private struct Contents {
    var budget = RetryBudget()
    var offset: Double?
    /// Half of how long the exchange took that said so.
    var half = 0.0
    var correction = 0.0
  }
  private let contents = Mutex(Contents())

  func takeRetry() -> Bool { contents.withLock { $0.budget.takeRetry() } }
  func success(retries: Int) { contents.withLock { $0.budget.success(retries: retries) } }

  /// By the latest answer: to half of the second that a date is rounded to, and half of the exchange.
  var clock: ClockQuality? {
    contents.withLock { contents in
      contents.offset.map {
        ClockQuality(source: .store, offset: -$0 * 1000, errorBound: 500 + contents.half * 1000)
      }
    }
  }
  /// What is added to this machine's time in signatures. Nothing until AWS refuses one for its date.
  var correction: Double { contents.withLock(\.correction) }

  /// Whole seconds are all that the header has, so its middle is taken; the exchange's middle stands for when it was written,
  /// which a slow exchange says little about.
  func note(date: String?, sent: UTCInstant, received: UTCInstant) {
    guard let date, let theirs = UTCInstant(httpDate: date) else { return }
    let half = max(0, received.seconds(since: sent) / 2)
    let offset = theirs.seconds(since: sent) + 0.5 - half
    contents.withLock { contents in
      guard contents.offset == nil || half <= max(0.5, contents.half) else { return }
      (contents.offset, contents.half) = (offset, half)
    }
  }

  /// - Returns: whether there was a date to go by.
  func correctClock() -> Bool {
    contents.withLock { contents in
      guard let offset = contents.offset else { return false }
      contents.correction = offset
      return true
    }
  }
}
