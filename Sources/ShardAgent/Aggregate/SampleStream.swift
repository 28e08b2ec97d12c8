import Shared
import Synchronization

/// k6's stream as it arrives on the reading thread, and what has become of it so far for everybody else.
final class SampleStream: Sendable {
  private struct State {
    var lines = LineSplitter()
    var aggregator: SampleAggregator
    let isStrict: Bool

    mutating func take(_ chunk: Span<UInt8>) {
      var start = lines.finishPending(chunk) { aggregator.ingest($0) }
      while true {
        if !isStrict, let next = aggregator.ingestUsual(chunk, from: start) {
          start = next
        } else if let end = chunk.firstIndex(of: 10, from: start) {
          aggregator.ingest(chunk.extracting(start..<end))
          start = end + 1
        } else {
          break
        }
      }
      lines.keep(chunk, from: start) { aggregator.rejectTooLong() }
    }
  }

  private let state: Mutex<State>

  /// - Parameter isStrict: the usual line is read like any other: to compare with.
  /// - Parameter remembersTags: false: all tags are read and looked up again in every line: to compare with.
  init(
    reportTags: [String], seriesCap: Int, isStrict: Bool = false, remembersTags: Bool = true,
    countsChecks: Bool = false, redactor: Redactor = Redactor()
  ) {
    precondition(isStrict || remembersTags)
    let aggregator = SampleAggregator(
      reportTags: reportTags, seriesCap: seriesCap, remembersTags: remembersTags, countsChecks: countsChecks,
      redactor: redactor)
    state = Mutex(State(aggregator: aggregator, isStrict: isStrict))
  }

  func take(_ chunk: Span<UInt8>) {
    state.withLock { $0.take(chunk) }
  }

  /// k6 is gone and its pipe is empty.
  func finish() { state.withLock { $0.aggregator.finish($0.lines.takeRest()) } }

  func with<R>(_ body: (inout SampleAggregator) -> R) -> R where R: Sendable {
    state.withLock { body(&$0.aggregator) }
  }
}
