import Shared

/// The newest night in two words: a picture, and what shields.io draws one from.
struct Badge: Sendable {
  let state: PageState
  let message: String
  private let label = "load test"

  init(_ facts: PageFacts) {
    let night = facts.nights.last
    if facts.isStale, let night {
      (state, message) = (.none, "no run since \(PageText.shortDay(night.date))")
      return
    }
    state = night?.state ?? .none
    let p95 = night?.p95.map { "p95 \(PageText.ms($0)) ms" }
    message =
      switch state {
      case .pass: p95 ?? "passing"
      case .degraded: ["degraded", p95].compactMap(\.self).joined(separator: ", ")
      case .fail: ["failing", p95].compactMap(\.self).joined(separator: ", ")
      case .incomplete: "incomplete"
      case .none, .before: "no run yet"
      }
  }

  /// https://shields.io/badges/endpoint-badge
  struct Endpoint: Encodable, Sendable, Equatable {
    let schemaVersion = 1
    let label, message, color: String
    let isError: Bool

    private enum CodingKeys: String, CodingKey { case schemaVersion, label, message, color, isError }
  }

  var endpoint: Endpoint {
    Endpoint(label: label, message: message, color: color, isError: state == .fail)
  }

  /// Dark enough for white letters on it.
  private var color: String {
    switch state {
    case .pass: "#1a7f52"
    case .degraded: "#9a5b00"
    case .fail: "#c4222e"
    case .incomplete, .none, .before: "#5d6880"
    }
  }

  var svg: String {
    // Letters of 11 pixels are 6.2 wide on the average; textLength makes them fit whatever the font.
    func width(_ text: String) -> Int { Int((Double(text.count) * 6.2).rounded()) }
    let (left, right) = (width(label) + 12, width(message) + 12)
    func text(_ words: String, x: Int) -> String {
      "<text x=\"\(x)\" y=\"14\" textLength=\"\(width(words))\">\(words)</text>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(left + right)" height="20" role="img" aria-label="\(label): \(message)">
      <title>\(label): \(message)</title>
      <clipPath id="r"><rect width="\(left + right)" height="20" rx="3"/></clipPath>
      <g clip-path="url(#r)"><rect width="\(left)" height="20" fill="#3b4256"/><rect x="\(left)" width="\(right)" height="20" fill="\(color)"/></g>
      <g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">\(text(label, x: 6))\(text(message, x: left + 6))</g>
      </svg>

      """
  }
}
