import Shared

extension K6Ending {
  /// What the agent has seen of a k6 that is gone.
  struct Evidence {
    var exit: K6Exit
    var course = ShardConductor.Course()
    /// `nil` when the shard was not told to stop.
    var stop: StopRequest.Reason?
    /// k6's own summary; `nil` when it wrote none.
    var summary: [UInt8]?
    /// k6 was told to make no summary.
    var isLean = false
    var stream = StreamHealth()
    /// Samples that only VUs at their work can have made.
    var loadPoints: UInt64 = 0
    /// The last error that k6 printed.
    var lastError: String?
    /// Takes secrets out of what is said.
    var redact: (String) -> String = { $0 }
    /// What came of a metric's samples.
    var measured: (_ metric: String) -> Aggregate? = { _ in nil }

    /// k6 was asked, and has no VU for this shard; and nothing says that one worked all the same (an arrival rate
    /// may start VUs that it has not allocated before).
    fileprivate var isEmptyShard: Bool { exit == .exited(0) && course.maxVUs == 0 && loadPoints == 0 }

    /// k6 went by itself or as it goes when it is told to; not killed, and not crashed.
    fileprivate var isOrderlyExit: Bool {
      guard case .exited(let code) = exit else { return false }
      return [0, 99, 101, 103, 105, 108, 110].contains(code) || code == 107 && sawLoad
    }

    /// setup() is over, so that an exception can only be teardown's.
    fileprivate var sawLoad: Bool { course.loadStartedAt != nil || measured("iterations")?.count ?? 0 > 0 }
  }

  /// How k6 ended, and whether everything of this shard's share is in. k6's exit code alone says too little: it is 0
  /// when the output could not be written, and 107 when only the teardown threw.
  init(_ evidence: Evidence) {
    let export = evidence.summary.flatMap { try? decoded(K6Export.self, from: $0, name: "k6's summary") }
    var isEmpty = evidence.isEmptyShard
    var (meaning, isComplete) =
      switch evidence.exit {
      case .exited(107) where evidence.sawLoad:
        ("k6 ran to its end, but the script threw an exception in teardown()", true)
      case .exited(let code): K6ExitCode.meaning(code)
      case .signaled(let signal): (K6ExitCode.meaning(signal: signal), false)
      }
    if case .exited(let code) = evidence.exit, [104, 106, 107, 255].contains(code), !isComplete,
      let said = evidence.lastError
    {
      meaning += ": \(said)"
    }
    if isEmpty { meaning = "no VU fell to this shard, so it had nothing to do" }
    if isComplete, let problem = Self.problem(evidence, export, isEmpty: isEmpty) {
      (meaning, isComplete) = ("\(meaning), but \(problem)", false)
    }
    if let problem = evidence.course.teardownProblem { meaning += ", but \(problem)" }
    let isWholeUntilStop =
      evidence.stop != nil && evidence.isOrderlyExit
      && Self.problem(evidence, export, isEmpty: isEmpty) == nil
    if let failure = evidence.course.failure {
      (meaning, isComplete) = (failure.sentence, false)
    } else if let stop = evidence.stop {
      (meaning, isComplete) = ("it was told to stop (\(stop.sentence)): \(meaning)", false)
    }
    isEmpty = isEmpty && isComplete
    let (code, signal): (Int?, Int?) =
      switch evidence.exit {
      case .exited(let code): (code, nil)
      case .signaled(let signal): (nil, signal)
      }
    self.init(
      exitCode: code, signal: signal, stopCause: evidence.stop?.cause,
      wroteSummary: export != nil, isEmptyShard: isEmpty, isComplete: isComplete,
      isWholeUntilStop: isWholeUntilStop && evidence.course.failure == nil, meaning: evidence.redact(meaning))
  }

  /// Why samples may be missing although k6 ended well.
  private static func problem(_ evidence: Evidence, _ export: K6Export?, isEmpty: Bool) -> String? {
    let stream = evidence.stream
    if stream.endedInsideLine { return "its stream ended inside a line" }
    if stream.malformed > 0 {
      let first = stream.malformedExamples.first.map { ", the first: \($0)" } ?? ""
      return "\(stream.malformed) lines of its stream could not be read\(first)"
    }
    if evidence.isLean {
      // Whatever k6's VUs do leaves samples: of a stream without any line nobody was at the other end.
      return stream.lines == 0 && !isEmpty ? "its stream was empty" : nil
    }
    guard let export else { return isEmpty ? nil : "it wrote no summary" }
    // k6 counts what was left out here as infinite.
    return export.contradiction(except: stream.infiniteMetrics, evidence.measured)
  }
}
