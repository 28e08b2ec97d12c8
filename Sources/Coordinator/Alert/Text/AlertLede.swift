import Shared

/// What has happened, in a few sentences: the figure that decided and its limit first. Markdown, a paragraph each.
struct AlertLede {
  let facts: AlertFacts

  var paragraphs: [String] {
    let first =
      switch facts.verdict {
      case .fail: failed
      case .degraded: degraded
      case .incomplete: unjudged
      case .pass: passed
      }
    return ([first, reasons, facts.whichRun] as [String?]).compactMap(\.self)
  }

  // MARK: - a fail

  private var failed: String {
    guard let worst = facts.breaches.first else {
      let failed = "**\(facts.isNight ? "Tonight" : "This run") failed.**"
      return Self.joined([failed, AlertText.sentence(facts.result.reasons.first), count])
    }
    return Self.joined(["**\(worst.verdict)**", others, count, rise ?? distance])
  }

  /// The other thresholds that were crossed.
  private var others: String {
    let others = facts.breaches.dropFirst()
    if others.isEmpty { return "" }
    let named = others.prefix(2).map(\.markdown)
    let more = others.count - named.count
    return "Crossed as well: " + (named + (more > 0 ? ["\(more) more"] : [])).joined(separator: ", ") + "."
  }

  /// `Second failing night since 21 Nov.`
  private var count: String {
    guard let failing = facts.situation?.failing else { return "" }
    let word = AlertText.capital(PageText.ordinal(failing.nights))
    if failing.nights > 1 { return "\(word) failing night since \(PageText.shortDay(failing.first.night))." }
    let pass = failing.lastPass.map { " The last pass was on \(PageText.shortDay($0.night))." } ?? ""
    return "\(word) failing night.\(pass)"
  }

  /// Of a step that goes on.
  private var rise: String? {
    guard let step = facts.step else { return nil }
    let size = AlertText.percent(step.middle / step.range.usual - 1)
    return
      "The median p95 of the last three nights is \(size) above the usual \(AlertText.ms(step.range.usual)), "
      + "and the climb began on **\(onset(step))**."
  }

  private func onset(_ step: PageStep) -> String {
    let release = Markdown.text(PageText.outside(facts.release, most: 24))
    return PageText.shortDay(step.onset.night) + (release.isEmpty ? "" : ", the first night with \(release)")
  }

  /// Of a night without a step, to what is usual.
  private var distance: String {
    guard facts.isNight else { return "" }
    guard let p95 = facts.record.p95, let range = facts.night.range else {
      return "What is usual is not known yet: that takes \(PageFacts.usualNeeds) complete nights."
    }
    let change = p95 / range.usual - 1
    let side = change < 0 ? "below" : "above"
    let words =
      abs(change) < 0.005
      ? "as usual" : "\(AlertText.percent(change)) \(side) the usual \(AlertText.ms(range.usual))"
    return "The p95 is \(words)."
  }

  // MARK: - the other verdicts

  private var degraded: String {
    let limits = facts.breaches.isEmpty ? "No limit is crossed." : ""
    guard let step = facts.step else {
      return Self.joined(["**Degraded.**", AlertText.sentence(facts.result.reasons.first), limits, goesOn])
    }
    return Self.joined([
      "**The p95 rose and stayed up: \(AlertText.rise(step)).**", limits,
      "The climb began on **\(onset(step))**.", goesOn,
    ])
  }

  /// A degraded run ends no failing.
  private var goesOn: String {
    guard let failing = facts.situation?.failing else { return "" }
    let nights = PageText.plural(failing.nights, "failing night")
    return
      "The trouble since \(PageText.shortDay(failing.first.night)) (\(nights)) is over when a run passes."
  }

  private static func joined(_ sentences: [String]) -> String {
    sentences.filter { !$0.isEmpty }.joined(separator: " ")
  }

  private var unjudged: String {
    let missing = facts.plan.shardCount - facts.complete
    let shards =
      missing > 0 ? ": \(facts.complete) of \(counted(facts.plan.shardCount, "shard")) complete" : ""
    let first = "**\(facts.isNight ? "Tonight's" : "This") run could not be judged\(shards).**"
    guard let failing = facts.situation?.failing else { return first }
    let last = AlertText.sentence(failing.last.reasons.first)
    return first + " That neither ends the trouble nor makes it longer. The last failing run was that of "
      + "\(PageText.shortDay(failing.last.night)), the \(PageText.ordinal(failing.nights)) failing night"
      + (last.isEmpty ? "." : ": \(last)")
  }

  private var passed: String {
    let figure = facts.threshold(.p95) ?? facts.thresholds.first
    let value = figure.map { ": \($0.markdown)" } ?? ""
    let first = "**\(facts.isNight ? "Tonight" : "This run") passed\(value).**"
    guard let failing = facts.situation?.failing else { return first }
    let breach = failing.last.breach.map { " by \(AlertText.share($0))" } ?? ""
    return first
      + " But the run of \(PageText.shortDay(failing.last.night)) was past its limit only\(breach): "
      + "a single pass after that may be noise, so it takes one more."
  }

  /// Those that the first sentence does not say: a list.
  private var reasons: String? {
    let isUnsaid = facts.verdict == .fail && facts.breaches.isEmpty
    guard facts.verdict == .incomplete || isUnsaid else { return nil }
    return AlertText.list(Array(facts.result.reasons.dropFirst(isUnsaid ? 1 : 0)))
  }
}

extension AlertText {
  /// `the median of the last three nights is 843 ms, 32 % above the usual 639 ms`
  static func rise(_ step: PageStep) -> String {
    "the median of the last three nights is \(ms(step.middle)), "
      + "\(percent(step.middle / step.range.usual - 1)) above the usual \(ms(step.range.usual))"
  }

  static func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  /// Reasons, one a line; `nil` for none.
  static func list(_ reasons: [String], most: Int = 5) -> String? {
    if reasons.isEmpty { return nil }
    let more = reasons.count - most
    return
      (reasons.prefix(most).map { "- \(sentence($0))" }
      + (more > 0 ? ["- and \(counted(more, "more reason"))"] : [])).joined(separator: "\n")
  }
}
