import Shared

extension K6Ending {
  private struct Summary: Decodable {
    struct Metrics: Decodable {
      let iterations: Counter?
      let requests: Counter?
      private enum CodingKeys: String, CodingKey {
        case iterations
        case requests = "http_reqs"
      }
    }
    struct Counter: Decodable { let count: Double? }
    let metrics: Metrics?
  }

  /// How k6 ended, and whether everything of this shard's share is in. k6's exit code alone says too little: it is 0
  /// when the output could not be written, and 107 when only the teardown threw.
  init(
    exit: K6Exit, course: ShardConductor.Course, plannedSeconds: Double?, k6Summary: [UInt8]?,
    iterations: UInt64,
    requests: UInt64, stopReason: String?
  ) {
    let summary = k6Summary.flatMap { try? decoded(Summary.self, from: $0, name: "k6's summary") }
    let isEmpty = exit == .exited(0) && iterations == 0 && (course.maxVUs ?? 0) == 0
    var (meaning, isComplete) =
      switch exit {
      case .exited(let code): K6ExitCode.meaning(code)
      case .signaled(let signal): (K6ExitCode.meaning(signal: signal), false)
      }
    if exit == .exited(107), Self.loadWasCarriedOut(course, plannedSeconds) {
      (meaning, isComplete) = ("k6 ran to its end, but the script threw an exception in teardown()", true)
    }
    if isEmpty {
      (meaning, isComplete) = ("no VU fell to this shard, so it had nothing to do", true)
    } else if isComplete, summary == nil {
      (meaning, isComplete) = ("\(meaning), but wrote no summary", false)
    } else if isComplete, let own = summary?.metrics?.iterations?.count, own != Double(iterations) {
      (meaning, isComplete) = ("k6 counts \(own) iterations and its stream had \(iterations)", false)
    } else if isComplete, let own = summary?.metrics?.requests?.count, own != Double(requests) {
      (meaning, isComplete) = ("k6 counts \(own) requests and its stream had \(requests)", false)
    }
    if let failure = course.failure {
      (meaning, isComplete) = (failure.sentence, false)
    } else if let stopReason, !isEmpty {
      (meaning, isComplete) = ("it was told to stop (\(stopReason)): \(meaning)", false)
    }
    let (code, signal): (Int?, Int?) =
      switch exit {
      case .exited(let code): (code, nil)
      case .signaled(let signal): (nil, signal)
      }
    self.init(
      exitCode: code, signal: signal, wasToldToStop: stopReason != nil, wroteSummary: summary != nil,
      isEmptyShard: isEmpty, isComplete: isComplete, meaning: meaning)
  }

  private static func loadWasCarriedOut(_ course: ShardConductor.Course, _ plannedSeconds: Double?) -> Bool {
    if course.sawLoadEnd { return true }
    guard let plannedSeconds, let start = course.startedAt, let end = course.loadEndedAt else { return false }
    return end.seconds(since: start) >= plannedSeconds
  }
}
