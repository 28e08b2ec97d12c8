import Shared

/// One column of `history.csv`: its name, and how a record's member is written and read. Columns are only ever added,
/// at the end, never renamed, moved or used for something else.
struct HistoryColumn: Sendable {
  let name: String
  /// For the sentence about a field that is something else.
  let expected: String
  /// A line without it is refused.
  var isRequired = false
  let write: @Sendable (HistoryRecord) -> String
  /// Not called for an empty field.
  /// - Returns: whether the field is what is expected.
  let read: @Sendable (String, inout HistoryRecord) -> Bool
}

/// The version of the columns' meaning.
let historySchema = 1

extension HistoryColumn {
  static let all: [HistoryColumn] = [
    HistoryColumn(
      name: "schema", expected: "\(historySchema), the version that this program knows", isRequired: true,
      write: { _ in "\(historySchema)" }, read: { text, _ in text == "\(historySchema)" }),
    HistoryColumn(
      name: "suite", expected: "a suite's name", isRequired: true, write: { $0.suite },
      read: { text, record in
        record.suite = text
        return isSuiteName(text)
      }),
    HistoryColumn(
      name: "run_id", expected: "a run id, as 2026-11-23.2", isRequired: true, write: { $0.run.text },
      read: { text, record in
        guard let run = RunID(text) else { return false }
        record.run = run
        return true
      }),
    HistoryColumn(
      name: "attempt", expected: "a whole number from 1", write: { "\(max(1, $0.attempt))" },
      read: { text, record in
        guard text.utf8.allSatisfy(CSV.isDigit), let attempt = Int(text), attempt > 0 else { return false }
        record.attempt = attempt
        return true
      }),
    HistoryColumn(
      name: "started_at", expected: instantExpected, isRequired: true,
      write: { $0.startedAt.wholeSeconds },
      read: { text, record in
        guard let instant = UTCInstant(text) else { return false }
        record.startedAt = instant
        return true
      }),
    optional(
      "finished_at", \.finishedAt, expected: instantExpected, write: { $0.wholeSeconds },
      read: UTCInstant.init),
    HistoryColumn(
      name: "verdict", expected: "pass, degraded, fail or incomplete", isRequired: true,
      write: { $0.verdict.rawValue },
      read: { text, record in
        guard let verdict = Verdict(rawValue: text) else { return false }
        record.verdict = verdict
        return true
      }),
    HistoryColumn(
      name: "reasons", expected: "sentences with '; ' between them",
      write: { record in
        // What separates two of them is no part of one.
        let reasons = record.reasons.map { oneLine($0).replacing("; ", with: ", ") }
        return CSV.guarded(reasons.joined(separator: "; "))
      },
      read: { text, record in
        record.reasons = CSV.unguarded(text).split(separator: "; ").map(String.init)
        return true
      }),
    text("commit", \.commit, expected: "a commit; a spreadsheet has made a number of it") {
      !CSV.isPowerOfTen($0.utf8)
    },
    text("ref", \.ref), text("release", \.release), text("workflow_run_url", \.workflowRunURL),
    text("artifacts_url", \.artifactsURL), whole("issue_number", \.issue),
    text("profile_id", \.profile, expected: "a profile; a spreadsheet has made a number of it") {
      !CSV.isPowerOfTen($0.utf8)
    },
    text("k6_version", \.k6Version), whole("shards_expected", \.shardsExpected),
    whole("shards_received", \.shardsReceived), whole("vus_max", \.maxVUs),
    number("duration_s", \.plannedSeconds, digits: 1), number("window_s", \.windowSeconds, digits: 1),
    number("stagger_s", \.staggerSeconds, digits: 3), whole("requests", \.requests),
    whole("iterations", \.iterations), whole("dropped_iterations", \.droppedIterations),
    number("rps", \.requestRate, digits: 1), number("rps_wall", \.wallRate, digits: 1),
    whole("error_count", \.failedRequests), number("error_rate", \.errorRate, digits: 6),
    whole("checks_passed", \.passedChecks), whole("checks_failed", \.failedChecks),
    milliseconds("dur_avg_ms", \.average), milliseconds("dur_p50_ms", \.p50),
    milliseconds("dur_p90_ms", \.p90), milliseconds("dur_p95_ms", \.p95),
    milliseconds("dur_p99_ms", \.p99), milliseconds("dur_p999_ms", \.p999),
    milliseconds("dur_max_ms", \.highest), milliseconds("shard_p95_min_ms", \.lowestShardP95),
    milliseconds("shard_p95_max_ms", \.highestShardP95),
    number("gen_cpu_max_pct", \.highestCPU, digits: 1),
    milliseconds("usual_p95_ms", \.usual), milliseconds("usual_sd_ms", \.noise),
    optional("step", \.step, expected: "a run id", write: { $0.text }, read: { RunID($0) }),
    text("stopped", \.stopped), number("breach", \.breach, digits: 4),
  ]

  static let names = all.map(\.name)
  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let instantExpected = "an instant in UTC with its seconds, as 2026-11-23T02:14:00Z"
}

extension HistoryColumn {
  private typealias Member<Value> = any WritableKeyPath<HistoryRecord, Value?> & Sendable

  private static func optional<Value>(
    _ name: String, _ member: Member<Value>, expected: String,
    write: @escaping @Sendable (Value) -> String, read: @escaping @Sendable (String) -> Value?
  ) -> HistoryColumn {
    HistoryColumn(
      name: name, expected: expected, write: { $0[keyPath: member].map(write) ?? "" },
      read: { text, record in
        guard let value = read(text) else { return false }
        record[keyPath: member] = value
        return true
      })
  }

  private static func text(
    _ name: String, _ member: Member<String>, expected: String = "a text",
    where isAllowed: @escaping @Sendable (String) -> Bool = { _ in true }
  ) -> HistoryColumn {
    optional(
      name, member, expected: expected, write: { CSV.guarded(oneLine($0)) },
      read: { isAllowed($0) ? CSV.unguarded($0) : nil })
  }

  private static func whole<Value: FixedWidthInteger & Sendable>(
    _ name: String, _ member: Member<Value>
  ) -> HistoryColumn {
    optional(
      name, member, expected: "a whole number", write: { $0 >= 0 ? "\($0)" : "" },
      read: { $0.utf8.allSatisfy(CSV.isDigit) ? Value($0) : nil })
  }

  /// Four digits, so that a step of a share of a millisecond is seen on a fast target: 843.2, 14.02, 0.2417.
  private static func milliseconds(_ name: String, _ member: Member<Double>) -> HistoryColumn {
    number(name, member) { $0 < 1 ? 4 : $0 < 10 ? 3 : $0 < 100 ? 2 : 1 }
  }

  private static func number(_ name: String, _ member: Member<Double>, digits: Int) -> HistoryColumn {
    number(name, member) { _ in digits }
  }

  /// With a decimal point, without exponent and thousands. What cannot be written so is no measurement, and unknown.
  private static func number(
    _ name: String, _ member: Member<Double>, digits: @escaping @Sendable (Double) -> Int
  ) -> HistoryColumn {
    optional(
      name, member, expected: "a number with a decimal point, as 843.2",
      write: { (0..<1e15).contains($0) ? trimmed($0, digits: digits($0)) : "" },
      read: { text in
        guard text.utf8.allSatisfy({ CSV.isDigit($0) || $0 == 46 }) else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
      })
  }

  /// A field is one line, so that line-wise tools can read the file too.
  private static func oneLine(_ text: String) -> String { printable(text) }
}

extension UTCInstant {
  fileprivate init?(_ text: String) { self.init(rfc3339: Array(text.utf8).span) }

  fileprivate var wholeSeconds: String {
    let text = description
    return text.firstIndex(of: ".").map { text[..<$0] + "Z" } ?? text
  }
}
