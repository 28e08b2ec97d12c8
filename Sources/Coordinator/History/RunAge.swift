import Shared

/// How old a suite's newest run is.
struct RunAge: Sendable {
  let newest: HistoryRecord?
  /// Seconds since it began.
  let age: Double

  init(_ nights: Nights, now: UTCInstant) {
    newest = nights.newest
    age = nights.newest.map { now.seconds(since: $0.startedAt) } ?? .infinity
  }

  /// A sentence for people.
  /// - Parameter seconds: how old it may be.
  func sentence(suite: String?, within seconds: Double) -> String {
    let name = suite.map { "suite \($0)" } ?? "any suite"
    guard let newest else { return "no run of \(name) is in the history yet" }
    let when =
      "the newest run of \(name) is \(newest.run), \(newest.verdict.rawValue), which began \(Self.text(age)) ago"
    return age > seconds ? "\(when), more than \(Self.text(seconds)): the night after it never came" : when
  }

  /// `3 h 20 min`, `2 d 4 h`
  private static func text(_ seconds: Double) -> String {
    let minutes = Int((min(max(0, seconds), 1e9) / 60).rounded())
    let (hours, rest) = (minutes / 60, minutes % 60)
    if hours >= 48 { return "\(hours / 24) d\(hours % 24 == 0 ? "" : " \(hours % 24) h")" }
    return hours == 0 ? "\(rest) min" : "\(hours) h\(rest == 0 ? "" : " \(rest) min")"
  }
}

extension RunAge {
  /// For programs.
  struct Document: Encodable, Sendable {
    let suite: String?
    /// `nil` where nothing has run yet.
    let run: RunID?
    let verdict: String?
    let startedAt: UTCInstant?
    let age: Double?
    let within: Double
    let isTooOld: Bool

    init(_ age: RunAge, suite: String?, within seconds: Double) {
      self.suite = suite
      (run, verdict) = (age.newest?.run, age.newest?.verdict.rawValue)
      (startedAt, within) = (age.newest?.startedAt, seconds)
      self.age = age.newest == nil ? nil : age.age
      isTooOld = age.age > seconds
    }

    private enum CodingKeys: String, CodingKey {
      case suite, run, verdict
      case startedAt = "started_at"
      case age = "age_seconds"
      case within = "within_seconds"
      case isTooOld = "is_too_old"
    }
  }
}
