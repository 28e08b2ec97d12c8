import Shared

/// What has changed since people were told last: only for that an issue gets a comment, and they a mail.
struct IssueNews {
  let facts: AlertFacts
  let told: IssueMarker.Told

  /// Ten points of percent further past the limit; a little less, for what a Double makes of it.
  private static let worse = 0.10 - 1e-9
  /// Two endpoints that take turns are no news.
  private static let topMargin = 1.25
  private static let everyNights = 7

  /// Sentences in Markdown; empty for none.
  var sentences: [String] {
    [threshold, breach, top, week].compactMap(\.self)
  }

  private var threshold: String? {
    // Of more than are remembered nothing can be said.
    guard told.crossed.count < IssueMarker.most else { return nil }
    let new = facts.breaches.prefix(IssueMarker.most).filter { !told.crossed.contains($0.shortName) }
    if new.isEmpty { return nil }
    let more = new.count - 3
    let named = new.prefix(3).map(\.markdown) + (more > 0 ? ["\(more) more"] : [])
    return "Newly crossed: \(named.joined(separator: ", "))."
  }

  private var breach: String? {
    // Of one that is newly crossed that is said already.
    guard let now = facts.worstBreach, let then = told.breach, now - then >= Self.worse,
      let worst = facts.breaches.first, told.crossed.contains(worst.shortName)
    else { return nil }
    return "Further past its limit: \(worst.markdown), \(AlertText.share(now)) past it; "
      + "it was \(AlertText.share(then)) on \(night)."
  }

  private var top: String? {
    guard let now = facts.topMove, let then = told.top, AlertText.name(now.endpoint.name) != then else {
      return nil
    }
    let old = facts.moves.first { AlertText.name($0.endpoint.name) == then }
    if let old, now.weight < Self.topMargin * old.weight { return nil }
    return "Most of it is now \(AlertText.code(now.endpoint.name)) (p95 \(AlertText.signed(now.change))); "
      + "on \(night) it was \(AlertText.code(then))."
  }

  private var week: String? {
    guard let nights = facts.situation?.failing?.nights, nights.isMultiple(of: Self.everyNights),
      nights != told.nights
    else { return nil }
    return
      "It has failed for \(PageText.plural(nights, "night")) now, and the last thing said here was on \(night)."
  }

  private var night: String { PageText.shortDay(told.startedAt.day) }
}
