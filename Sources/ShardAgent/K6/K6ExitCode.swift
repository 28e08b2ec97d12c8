import Shared

/// What k6's exit codes mean (measured on 0.57, 1.1 and 2.2; the table is also in docs/exit-codes.md). They tell
/// how k6 ended, never whether the data is whole or a threshold held: both are read from the data.
enum K6ExitCode {
  /// - Returns: the meaning, and whether k6 carried its share of the load to the end.
  static func meaning(_ code: Int) -> (sentence: String, isComplete: Bool) {
    switch code {
    case 0: (K6Ending.usualMeaning, true)
    case 97: ("the cloud run failed", false)
    case 98: ("the cloud run's progress could not be read", false)
    case 99: ("k6 ran to its end and a threshold was crossed", true)
    case 100: ("setup() took longer than its setupTimeout", false)
    case 101: ("k6 ran to its end, but teardown() took longer than its teardownTimeout", true)
    case 102: ("a time limit of k6's ran out", false)
    case 103: ("k6 was stopped through its REST API", false)
    case 104: ("k6 refused its options or a threshold", false)
    case 105: ("k6 was stopped by a signal", false)
    case 106: ("k6 could not open its REST API's port", false)
    case 107: ("the script threw an exception in its init code, setup() or teardown()", false)
    case 108: ("the script called test.abort()", false)
    case 109: ("k6 itself crashed (a panic)", false)
    case 110: ("k6 ran to its end and the script called test.fail()", true)
    case 255: ("k6 could not start: an unknown flag, a bad value or a file that is not there", false)
    default: ("k6 exited with code \(code), which none of its versions known here uses", false)
    }
  }

  static func meaning(signal: Int) -> String {
    switch signal {
    case 9: "k6 was killed (SIGKILL): by hand, or for want of memory"
    case 15: "k6 ended on SIGTERM before it could finish"
    case 13: "k6 lost a pipe (SIGPIPE)"
    default: "k6 was ended by signal \(signal)"
    }
  }
}
