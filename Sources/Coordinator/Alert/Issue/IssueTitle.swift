import Shared

/// One line, with the figure that decided: `Nightly load test failing: p95 843 ms (limit 800 ms) [checkout-api]`.
struct IssueTitle {
  let facts: AlertFacts
  var kind = IssueMarker.Kind.service

  /// Characters; more is cut in lists and subjects of mails.
  static let most = 79

  var text: String {
    let line = "Nightly load test \(what)"
    // The figures come first; of a long name enough is left to know it by.
    let room = max(24, Self.most - 3 - line.unicodeScalars.count)
    let suite = " [\(PageText.outside(facts.plan.suite, most: room))]"
    // Each of those gets a character more.
    let marks = line.unicodeScalars.count { "@#".unicodeScalars.contains($0) }
    let most = Self.most - suite.unicodeScalars.count - min(marks, 20)
    return Self.plain(PageText.outside(line, most: most)) + suite
  }

  private var what: String {
    if kind == .harness {
      return
        "not running: \(PageText.plural(facts.situation?.incompleteNights ?? 1, "night")) without a verdict"
    }
    let failing = facts.situation?.failing
    let since = failing.map { "failing since \(PageText.shortDay($0.first.night)), " } ?? ""
    switch facts.verdict {
    case .fail:
      return "failing: \(facts.breaches.first?.sentence ?? facts.result.reasons.first ?? "see its reasons")"
    case .degraded where failing == nil: return "degraded: \(rise)"
    case .degraded: return "\(since)degraded on \(facts.day)"
    case .incomplete:
      return "\(since)not judged on \(facts.day)"
    case .pass:
      let figure = (facts.threshold(.p95) ?? facts.thresholds.first).map { ": \($0.sentence)" } ?? ""
      return failing == nil ? "passing\(figure)" : "near its limit\(figure)"
    }
  }

  private var rise: String {
    guard let step = facts.step else { return facts.result.reasons.first ?? "see its reasons" }
    let size = AlertText.percent(step.middle / step.range.usual - 1)
    return "median p95 \(AlertText.ms(step.middle)), \(size) above usual".replacing(PageText.thin, with: " ")
  }

  /// GitHub reads mentions and references in titles where it shows them elsewhere.
  private static func plain(_ text: String) -> String {
    text.replacing("@", with: "@\u{2060}").replacing("#", with: "#\u{2060}")
  }
}
