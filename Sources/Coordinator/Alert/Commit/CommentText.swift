import Shared

/// The pull request's comment: the verdict and the table of the issue.
struct CommentText {
  let facts: AlertFacts

  func body() throws -> String {
    let suite = Markdown.text(facts.plan.suite)
    let endpoints = EndpointTable(facts: facts)
    let sections: [AlertBody.Section] = [
      .init(["### Load test \(Self.word(facts.verdict)): \(suite)"]),
      .init([AlertLede(facts: facts).paragraphs.joined(separator: "\n\n")]),
      .init(ThresholdTable(facts: facts).lines), .init("the endpoints", endpoints.lines),
      .init(AlertHints(facts: facts).lines),
      .init(facts.verdict == .pass ? [] : GeneratorAnswer(facts: facts).lines),
      .init([AlertText.links(facts.links)].compactMap(\.self)),
      .init("the other endpoints", endpoints.all), .init("all numbers", NumbersTable(facts: facts).lines),
      .init(["Every run of this suite edits this comment."]),
    ]
    return AlertBody(first: try CommentMarker(facts).line(facts.plan.suite), sections: sections).text()
  }

  private static func word(_ verdict: Verdict) -> String {
    switch verdict {
    case .pass: "passed"
    case .degraded: "degraded"
    case .fail: "failed"
    case .incomplete: "not judged"
    }
  }
}
