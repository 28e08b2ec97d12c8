import Shared
import Synchronization

/// k6's stream as it arrives on the reading thread, and what has become of it so far for everybody else.
final class SampleStream: Sendable {
  private struct State {
    var lines = LineSplitter()
    var aggregator: SampleAggregator
  }

  private let state: Mutex<State>

  init(reportTags: [String], seriesCap: Int) {
    state = Mutex(State(aggregator: SampleAggregator(reportTags: reportTags, seriesCap: seriesCap)))
  }

  func take(_ chunk: Span<UInt8>) {
    state.withLock { state in
      var lines = state.lines
      state.lines = LineSplitter()
      lines.feed(chunk) {
        state.aggregator.ingest($0)
      } tooLong: {
        state.aggregator.rejectTooLong()
      }
      state.lines = lines
    }
  }

  /// k6 is gone and its pipe is empty.
  func finish() { state.withLock { $0.aggregator.finish($0.lines.takeRest()) } }

  func with<R>(_ body: (inout SampleAggregator) -> R) -> R where R: Sendable {
    state.withLock { body(&$0.aggregator) }
  }
}
