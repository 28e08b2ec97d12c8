import Shared

/// A notice in one line of printable ASCII: of SNS's Subject, of an incident. Cut so that the figure and what it is held
/// against are left.
struct NoticeTitle: Sendable {
  /// `ALARM`, `OK`: what PagerDuty's integration of CloudWatch goes by. `Degraded` ...: nobody's pager takes it for one.
  let prefix: String
  private let suite: String
  /// ` nightly: `
  private let what: String
  /// Of a figure; else all that is to say.
  private let label: String
  /// ` 843 ms (limit 800 ms)`
  private let figure: String
  /// `, night 2`: goes first.
  private let tail: String

  /// SNS asks for fewer than 100 characters.
  var subject: String { "\(prefix): \(text(most: 97 - prefix.count))" }

  func text(most: Int) -> String {
    let short = PlainText.cut(suite, most: 24)
    for (suite, tail) in [(suite, tail), (suite, ""), (short, "")] {
      let text = suite + what + label + figure + tail
      if text.count <= most { return text }
    }
    let room = max(0, most - short.count - what.count - figure.count)
    // A sentence says most at its beginning, a threshold's name ends with what is measured.
    let name = figure.isEmpty && room > 3 ? label.prefix(room - 3) + "..." : PlainText.cut(label, most: room)
    return String((short + what + name + figure).prefix(most))
  }
}

extension NoticeTitle {
  init(_ notice: Notice, _ facts: AlertFacts) {
    suite = PlainText.strict(facts.plan.suite)
    let night = facts.record.p95.map { Parts(p95: $0, usual: facts.usualP95) }
    let (prefix, what, parts, tail): (String, String, Parts?, String) =
      switch NoticeOccasion(notice, facts) {
      case .failing(let nights):
        (
          "ALARM", " nightly: ", Parts(facts.worst),
          Self.more(facts) + (nights > 1 ? ", night \(nights)" : "")
        )
      case .recovered(let nights):
        (
          "OK", " nightly recovered: ", Parts(facts.mended) ?? night ?? Parts(),
          ", after \(PageText.plural(nights, "failing night"))"
        )
      case .degraded:
        ("Degraded", " nightly: ", night, facts.onset.map { ", since \(PageText.shortDay($0.night))" } ?? "")
      case .asUsual: ("Recovered", " nightly: ", night ?? Parts(), "")
      case .unjudged(let nights):
        (
          notice.kind == .alarm ? "ALARM" : "Incomplete",
          notice.kind == .alarm ? " nightly not running: " : " nightly: ", nil,
          nights > 1 ? ", night \(nights)" : ""
        )
      case .judgedAgain(let nights):
        (
          "OK", " nightly runs again", Parts(),
          ", after \(PageText.plural(nights, "night")) without a verdict"
        )
      }
    let shown = parts ?? Parts(facts.reasonsOutside.first)
    (label, figure) = (PlainText.strict(shown.label), PlainText.strict(shown.figure))
    let isBare = label.isEmpty && figure.isEmpty
    (self.prefix, self.tail) = (prefix, tail)
    self.what = isBare ? what.replacing(": ", with: "") : what
  }

  private static func more(_ facts: AlertFacts) -> String {
    facts.breaches.count > 1 ? " and \(facts.breaches.count - 1) more" : ""
  }

  private struct Parts {
    var label = ""
    var figure = ""

    init() {}

    init(_ reason: String?) { label = reason ?? "no reason was recorded" }

    /// - Returns: `nil` without a threshold.
    init?(_ threshold: AlertThreshold?) {
      guard let threshold else { return nil }
      label = threshold.shortLabel
      // No number of a load test is longer.
      let value = threshold.plainActual.map { " \(PlainText.cut($0, most: 16))" } ?? ""
      let limit = threshold.limit.isEmpty ? "" : " (\(PlainText.cut(threshold.shortLimit, most: 22)))"
      figure = value + limit
    }

    init(p95: Double, usual: Double?) {
      label = "p95"
      figure = " \(PageText.msUnit(p95))" + (usual.map { " (usual \(PageText.msUnit($0)))" } ?? "")
    }
  }
}

extension AlertFacts {
  /// The threshold that decided.
  var worst: AlertThreshold? { breaches.first }

  /// Of the thresholds that were crossed before, the first; else the p95's, else any that has a value.
  var mended: AlertThreshold? {
    let reasons = situation?.recovered?.last.reasons ?? []
    for reason in reasons {
      if let found = thresholds.first(where: { reason.hasPrefix("\($0.selector) ") }) { return found }
    }
    return thresholds.first { $0.selector == "http_req_duration" && $0.measure == "p95" }
      ?? thresholds.first { $0.actual != nil }
  }

  /// Milliseconds.
  var usualP95: Double? { step?.range.usual ?? night.range?.usual ?? record.usual }

  /// On one line each.
  var reasonsOutside: [String] {
    result.reasons.map { PlainText.outside($0, most: 200) }.filter { !$0.isEmpty }
  }
}
