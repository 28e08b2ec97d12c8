import Shared

/// `feed.xml`: an Atom feed (RFC 4287) with an entry for every night whose verdict is another than the one before.
struct VerdictFeed: Sendable {
  let facts: PageFacts
  /// Of the page, ending with `/`; without it links are relative to the feed.
  let url: String?

  /// The newest changes.
  private static let most = 50

  init(_ facts: PageFacts, url: String?) { (self.facts, self.url) = (facts, url) }

  var text: String {
    let title = Self.escaped("\(facts.suite): nightly load test")
    let updated = changes.first.map(Self.updated) ?? facts.builtAt
    let link = url.map { "<link rel=\"self\" href=\"\(Self.escaped($0))feed.xml\"/>\n" } ?? ""
    return """
      <?xml version="1.0" encoding="utf-8"?>
      <feed xmlns="http://www.w3.org/2005/Atom">
      <title>\(title)</title>
      <id>\(identity(nil))</id>
      <updated>\(updated)</updated>
      <author><name>k6-grid</name></author>
      <link href="\(Self.escaped(url ?? "./"))"/>
      \(link)\(changes.map(entry).joined())</feed>

      """
  }

  /// Newest first.
  private var changes: [PageNight] {
    var changes: [PageNight] = []
    var last: PageState?
    for night in facts.nights where night.state != last {
      changes.append(night)
      last = night.state
    }
    return changes.suffix(Self.most).reversed()
  }

  private func entry(_ night: PageNight) -> String {
    let record = night.record
    let p95 = night.p95.map { ", p95 \(PageText.ms($0)) ms" } ?? ""
    let summary = PageText.outside(record.reasons.joined(separator: "; "), most: 500)
    return """
      <entry>
      <title>\(Self.escaped("\(night.state.word): \(facts.suite), \(PageText.fullDay(night.date))\(p95)"))</title>
      <id>\(identity(record.run))</id>
      <updated>\(Self.updated(night))</updated>
      <link href="\(Self.escaped(url ?? ""))night/\(night.date)/"/>
      <summary>\(Self.escaped(summary.isEmpty ? "All thresholds hold." : summary))</summary>
      </entry>

      """
  }

  private static func updated(_ night: PageNight) -> UTCInstant {
    night.record.finishedAt ?? night.record.startedAt
  }

  /// The same for the same suite and run wherever the page lies: a UUID of one's own making (RFC 9562, version 8).
  private func identity(_ run: RunID?) -> String {
    var digits = Array(sha256(Array("k6-grid \(facts.suite) \(run?.text ?? "")".utf8)).prefix(32))
    (digits[12], digits[16]) = ("8", "8")
    var text = "urn:uuid:"
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
