import Logging
import Shared

extension RetryWindow {
  /// For a shard that gets ready: over at once when it is told to stop.
  static func gettingReady(_ host: Host, _ stop: StopRequest, _ logger: Logger) -> RetryWindow {
    RetryWindow(
      now: host.now,
      sleep: { time in
        try stop.check()
        try await host.sleep(time)
        try stop.check()
      }, note: note(logger))
  }

  /// For a shard that hands in what it measured, whatever ended its load; in time after a signal.
  static func handingIn(
    _ host: Host, _ stop: StopRequest, _ patience: StopPatience, _ logger: Logger
  ) -> RetryWindow {
    RetryWindow(
      latest: { stop.signalledAt.map(patience.handInEnds) }, now: host.now, sleep: host.sleep,
      note: note(logger))
  }

  private static func note(_ logger: Logger) -> @Sendable (any Error) -> Void {
    {
      logger.warning(
        "a call failed, and is tried again for a minute at the most", metadata: ["reason": "\($0)"])
    }
  }
}
