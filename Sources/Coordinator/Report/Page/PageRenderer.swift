import Shared

/// Draws the pages; the same facts give the same bytes.
struct PageRenderer: Sendable {
  private let templates: PageTemplates

  /// - Parameter templates: the program's own if none are given.
  /// - Throws: ``UsageError``.
  init(templates: PageTemplates? = nil) throws { self.templates = try templates ?? .embedded() }

  /// `index.html`
  func index(_ facts: PageFacts) -> String { templates.render(IndexView(facts), with: "index") }

  /// `night/{date}/index.html`
  /// - Returns: `nil` when nothing ran on that day, or when its night has no page of its own any more.
  func night(_ facts: PageFacts, _ date: UTCDate) -> String? {
    NightView(facts, date).map { templates.render($0, with: "night") }
  }
}
