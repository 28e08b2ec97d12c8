import Shared
import Testing

@testable import Coordinator

@Suite struct IssueNewsTests {
  private func told(
    crossed: [String] = ["p95"], breach: Double? = 0.2, top: String? = nil, nights: Int = 1
  ) -> IssueMarker.Told {
    IssueMarker.Told(
      run: Samples.run, startedAt: HistorySamples.night(1).startedAt, nights: nights, crossed: crossed,
      breach: breach, top: top)
  }

  private func news(_ told: IssueMarker.Told, _ facts: AlertFacts) -> [String] {
    IssueNews(facts: facts, told: told).sentences
  }

  @Test func `the same again is no news`() throws {
    #expect(news(told(), try AlertSamples.facts([.pass, .fail, .fail])) == [])
  }

  @Test func `another threshold is`() throws {
    let facts = try AlertSamples.facts(
      [.pass, .fail, .fail], thresholds: [AlertSamples.crossed, AlertSamples.tooManyErrors])
    #expect(news(told(), facts) == ["Newly crossed: errors 1.2\u{202F}% (limit 1\u{202F}%)."])
    #expect(news(told(crossed: ["p95", "errors"]), facts) == [])
  }

  @Test(arguments: [(0.2, false), (0.299, false), (0.3, true), (1.5, true)])
  func `ten points more past the limit is`(breach: Double, isNews: Bool) throws {
    let worse = AlertSamples.threshold("http_req_duration", "p95", "< 800 ms", "990 ms", breach: breach)
    let facts = try AlertSamples.facts([.pass, .fail, .fail], thresholds: [worse])
    let sentences = news(told(), facts)
    #expect(sentences.isEmpty == !isNews)
    if isNews { #expect(sentences.first?.hasPrefix("Further past its limit: p95 990\u{202F}ms") == true) }
  }

  @Test(
    arguments: [
      (["cart": 0.5, "login": 0.1], false), (["cart": 0.1, "login": 0.12], false),
      (["cart": 0.1, "login": 0.5], true), (["login": 0.05], false), (["login": 0.4], true),
      ([:], false),
    ])
  func `another endpoint on top is, when it leaves the one before behind`(
    changes: [String: Double], isNews: Bool
  ) throws {
    let moves = changes.map { AlertSamples.move($0.key, change: $0.value) }.sorted { $0.weight > $1.weight }
    let facts = try AlertSamples.facts([.pass, .fail, .fail], moves: moves)
    let sentences = news(told(top: "cart"), facts)
    #expect(sentences.isEmpty == !isNews, "\(sentences)")
    if isNews { #expect(sentences.first?.hasPrefix("Most of it is now `login`") == true) }
  }

  @Test(arguments: [(6, 1, false), (7, 1, true), (7, 7, false), (8, 7, false), (14, 7, true)])
  func `every seventh night is, once`(nights: Int, before: Int, isNews: Bool) throws {
    let facts = try AlertSamples.facts([.pass] + Array(repeating: .fail, count: nights))
    #expect(news(told(nights: before), facts).isEmpty == !isNews)
  }
}
