import Shared

/// What the suite's issue says: to whoever is on call and reads it in the night.
struct IssueText {
  let facts: AlertFacts
  var kind = IssueMarker.Kind.service
  /// The issue that somebody has closed, and that this one goes on from.
  var follows: Int?

  func body(_ marker: IssueMarker) throws -> String {
    let endpoints = EndpointTable(facts: facts)
    let commits = CommitList(facts: facts)
    let main: [AlertBody.Section] =
      kind == .harness
      ? [.init([NotRunningText(facts: facts).lede]), .init([facts.whichRun])]
      : [
        .init([AlertLede(facts: facts).paragraphs.joined(separator: "\n\n")]),
        .init(ThresholdTable(facts: facts).lines), .init("the endpoints", endpoints.lines),
        .init(commits.lines), .init("the commits", commits.list), .init(AlertHints(facts: facts).lines),
      ]
    let sections =
      main + [
        .init(GeneratorAnswer(facts: facts).lines), .init([AlertText.links(facts.links)].compactMap(\.self)),
        .init("the other endpoints", kind == .harness ? [] : endpoints.all),
        .init("all numbers", kind == .harness ? [] : NumbersTable(facts: facts).lines), .init(end),
      ]
    return AlertBody(first: try marker.line(facts.plan.suite), sections: sections).text()
  }

  /// How it ends, and what it comes from.
  private var end: [String] {
    let before = follows.map { "It goes on from #\($0), which somebody has closed. " } ?? ""
    return ["\(before)\(ending) Every run edits it; a comment comes when something has changed."]
  }

  private var ending: String {
    if kind == .harness { return "This issue closes itself as soon as a run is judged again." }
    guard let failing = facts.situation?.failing else {
      return "This issue closes itself after the next passing night."
    }
    let isNear = failing.isNearLimit
    if !isNear { return "This issue closes itself after the next passing night." }
    return failing.passes > 0
      ? "This issue closes itself after one more passing night."
      : "This issue closes itself after two passing nights: so near the limit one may be noise."
  }
}

/// The load test itself does not run: who looks after it is spoken to, not who is on call for the service.
struct NotRunningText {
  let facts: AlertFacts

  var lede: String {
    let nights = facts.situation?.incompleteNights ?? 1
    let suite = Markdown.text(facts.plan.suite)
    let since = facts.lastGreen.map { record in
      " The last run that passed was that of \(PageText.shortDay(record.night))"
        + (record.p95.map { ", with a p95 of \(AlertText.ms($0))." } ?? ".")
    }
    return "**The load test has had no verdict for \(PageText.plural(nights, "night")) in a row.** "
      + "This says nothing of how \(suite) does: what needs a look is the load test, its tasks or its script."
      + (since ?? "") + (AlertText.list(facts.result.reasons).map { "\n\n\($0)" } ?? "")
  }
}
