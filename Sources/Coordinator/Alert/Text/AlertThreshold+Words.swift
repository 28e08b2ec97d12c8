import Shared

extension AlertThreshold {
  /// The three that everybody has.
  enum Figure { case p95, errorRate, requestRate }

  var figure: Figure? {
    switch (selector, measure) {
    case ("http_req_duration", "p95"): .p95
    case ("http_req_failed", "rate"): .errorRate
    case ("http_reqs", "rate"): .requestRate
    default: nil
    }
  }

  /// Plain: `p95`, `errors`, `throughput`, `http_req_duration{name:cart} p99`. From outside.
  var shortName: String {
    switch figure {
    case .p95: "p95"
    case .errorRate: "errors"
    case .requestRate: "throughput"
    case nil: PageText.outside("\(selector) \(measure)", most: 80)
    }
  }

  /// Markdown, at the beginning of a sentence.
  var subject: String {
    switch figure {
    case .p95: "p95 latency"
    case .errorRate: "The error rate"
    case .requestRate: "Throughput"
    case nil: name
    }
  }

  /// Markdown: `` `http_req_duration` p95 ``.
  var name: String {
    "\(Markdown.code(PageText.outside(selector, most: 80))) \(Markdown.text(PageText.outside(measure, most: 40)))"
  }

  /// A floor is what must be reached, a limit what must not be.
  private var bound: (word: String, value: String)? {
    guard let space = limit.firstIndex(of: " ") else { return nil }
    let value = String(limit[limit.index(after: space)...])
    return switch limit[..<space] {
    case "<", "≤": ("limit", value)
    case ">", "≥": ("floor", value)
    default: ("condition", limit)
    }
  }

  /// Plain, with what is between them: `p95 843 ms (limit 800 ms)`.
  var sentence: String {
    let value = actual.map(FigureText.plain) ?? "without a value"
    let limit = bound.map { " (\($0.word) \(FigureText.plain($0.value)))" } ?? ""
    return "\(shortName) \(value)\(limit)"
  }

  /// Markdown of the same.
  var markdown: String {
    let value = actual.map(FigureText.markdown) ?? "without a value"
    let limit = bound.map { " (\($0.word) \(FigureText.markdown($0.value)))" } ?? ""
    return "\(figure == nil ? name : shortName) \(value)\(limit)"
  }

  /// Markdown: `p95 latency is 843 ms; the limit is 800 ms.`
  var verdict: String {
    let limit = bound.map { "; the \($0.word) is \(FigureText.markdown($0.value))" } ?? ""
    return "\(subject) is \(actual.map(FigureText.markdown) ?? "not known")\(limit)."
  }

  /// For a line of a status: `p95 843 ms > 800 ms`, `1,871 rps < 2,000 rps`.
  var comparison: String {
    func text(_ value: String) -> String {
      let text = FigureText.plain(value)
      return figure == .requestRate ? text.replacing("/s", with: " rps") : text
    }
    let name = figure == .requestRate ? "" : "\(shortName) "
    let value = actual.map(text) ?? PageText.unknown
    guard outcome == .crossed, let bound else { return name + value }
    return "\(name)\(value) \(["limit": ">", "floor": "<"][bound.word] ?? "not") \(text(bound.value))"
  }
}

extension AlertFacts {
  /// How far past its limit the worst threshold is, as a share of that.
  var worstBreach: Double? { breaches.compactMap(\.breach).max() }

  /// The endpoint that bears most of what got slower; what moved little is nobody's.
  var topMove: EndpointMove? { moves.first { $0.change >= AlertText.leastMove } }

  var top: String? { topMove?.endpoint.name }

  /// Of those three, with its limit.
  func threshold(_ figure: AlertThreshold.Figure) -> AlertThreshold? {
    thresholds.first { $0.figure == figure }
  }
}
