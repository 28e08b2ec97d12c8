import Logging
import Shared
import Synchronization

/// Writes one document an interval, from the start instant until k6 is gone, and a last one with the rest.
///
/// While the document before is not yet taken by whoever reads stdout there is no new one; the next has what arrived
/// since, so a slow reader costs resolution and no sample. Only one that reads nothing any more loses what is left.
final class EMFPublisher: Sendable {
  /// How long the last documents may take. A lost metric never costs a run.
  private static let lastWait = 2.0

  private struct State {
    var totals = LiveTotals()
    /// The start, then the end of the interval published last.
    var since: UTCInstant?
  }

  private let options: EMFOptions
  private let context: ShardContext
  private let stream: SampleStream
  private let monitor: GeneratorMonitor
  private let output: MetricOutputFile
  private let state = Mutex(State())

  init(
    _ options: EMFOptions, _ context: ShardContext, stream: SampleStream, monitor: GeneratorMonitor,
    output: MetricOutputFile
  ) {
    (self.options, self.context, self.stream) = (options, context, stream)
    (self.monitor, self.output) = (monitor, output)
  }

  /// Until it is cancelled.
  /// - Parameter startAt: when k6 was let go; `nil` before.
  func run(startAt: @Sendable () -> UTCInstant?) async {
    let host = context.host
    while state.withLock({ $0.since }) == nil {
      if let start = startAt() { state.withLock { $0.since = start } }
      do { try await host.sleep(.milliseconds(100)) } catch { return }
    }
    guard let start = startAt() else { return }
    let interval = Double(options.interval)
    while output.state != .broken {
      // The next whole interval since the start; never longer, though the clock may be set back.
      let gone = max(0, host.now().seconds(since: start))
      var wait = min(interval, ((gone / interval).rounded(.down) + 1) * interval - gone)
      // A sleep may end a little early: that is no interval of its own.
      if wait < interval / 10 { wait += interval }
      do { try await host.sleep(.seconds(wait)) } catch { return }
      publish()
    }
  }

  /// After k6 is gone and its stream is read: what has come since the last document.
  func finish(startAt: UTCInstant?) async {
    guard let startAt else { return }  // k6 was never let go
    state.withLock { $0.since = $0.since ?? startAt }
    await waitUntilReady()
    publish()
    await waitUntilReady()
    if output.state == .writing {
      context.logger.warning("the last metrics are lost: nobody takes what is written to stdout")
    }
  }

  private func publish() {
    state.withLock { state in
      guard output.state == .ready, let since = state.since else { return }
      let totals = stream.with { aggregator in
        LiveTotals(isLoadOver: aggregator.isLoadOver) { aggregator.total($0, overTime: false) }
      }
      let now = context.host.now()
      let document = EMFDocument(
        options, shard: context.shard, suite: context.plan.suite, at: now,
        seconds: max(0, now.seconds(since: since)), window: totals.since(state.totals),
        generator: monitor.takeInterval())
      guard output.take(document.line) else { return }
      state = State(totals: totals, since: now)
    }
  }

  private func waitUntilReady() async {
    for _ in 0..<Int(Self.lastWait / 0.01) where output.state == .writing {
      try? await context.host.sleep(.milliseconds(10))
    }
  }
}
