import Shared

/// Words that the issue, its comments and the pull request's comment share. All of it is Markdown.
enum AlertText {
  /// Of a p95, as a share: an endpoint that moved less is not named.
  static let leastMove = 0.08

  /// An endpoint's name, plain. From outside.
  static func name(_ endpoint: String) -> String { PageText.outside(endpoint, most: 80) }

  static func code(_ endpoint: String) -> String { Markdown.code(name(endpoint)) }

  /// A reason, with a full stop. From outside.
  static func sentence(_ reason: String?, most: Int = 300) -> String {
    Markdown.text(PageText.sentence(reason, most: most))
  }

  /// `+27 %`
  static func signed(_ change: Double) -> String { PageText.changeText(1 + change, 1) }

  /// `27 %`; of what did not change `0 %`.
  static func percent(_ change: Double) -> String {
    signed(abs(change)).replacing("+", with: "")
  }

  /// With two digits that say something: `0.43 %`, `24 %`.
  static func share(_ share: Double) -> String {
    PageText.significant(100 * share, digits: 2) + PageText.thin + "%"
  }

  /// `▲ 27 %`: the number's direction, no judgement.
  static func arrow(_ change: Double) -> String {
    let size = percent(change)
    return size.hasPrefix("0") ? size : "\(change > 0 ? "▲" : "▼")\(PageText.thin)\(size)"
  }

  /// `p95`, in words that stay on one line: `652 ms`.
  static func ms(_ value: Double?) -> String { PageText.msUnit(value) }

  /// A commit in 7 digits with a link, and what was shipped with it; `nil` when neither is known.
  static func commit(_ record: HistoryRecord, release: String? = nil) -> String? {
    let sha = record.shortCommit
    let code = sha.isEmpty ? nil : Markdown.code(sha)
    let release = PageText.outside(release, most: 40)
    let parts = [
      code.map { Markdown.link($0, record.commitURL) ?? $0 }, release.isEmpty ? nil : Markdown.text(release),
    ]
    .compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// A line of links; `nil` when there is none.
  static func links(_ links: AlertLinks) -> String? {
    let all = [
      Markdown.link("Trend page", links.night), Markdown.link("Run log", links.workflowRun),
      Markdown.link("Artifacts", links.artifacts), Markdown.link("Dashboard", links.dashboard),
      Markdown.link("Runbook", links.runbook),
      links.result.map { Markdown.code(PageText.outside($0, most: 400)) },
    ].compactMap(\.self)
    return all.isEmpty ? nil : all.joined(separator: " · ")
  }
}

extension AlertFacts {
  /// A run of another branch is no night.
  var isNight: Bool { situation != nil }

  /// The column of this run.
  var runWord: String { isNight ? "Tonight" : "This run" }

  var day: String { PageText.shortDay(record.night) }

  /// `Night of 22 Nov 2026, 02:14 UTC: run 2026-11-22 of main at c4d8e1a.`
  var whichRun: String {
    let when = "\(day) \(record.night.year), \(PageText.time(record.startedAt))"
    let branch = PageText.outside(record.ref, most: 80)
    let on = branch.isEmpty ? "" : " of \(Markdown.code(branch))"
    let at = AlertText.commit(record, release: plan.release).map { " at \($0)" } ?? ""
    return "\(isNight ? "Night of " : "")\(when): run \(Markdown.code(plan.run.text))\(on)\(at)."
  }
}
