import Foundation

/// A small site as a coordinator draws one: the index leads to every night, to the history and to the newest run.
package enum SampleSite {
  private static let end = "\n<!-- end -->\n"

  /// - Parameter runs: dates, as `2026-11-22`.
  package static func files(_ runs: [String]) -> [(path: String, text: String)] {
    let runs = runs.sorted()
    let nights = runs.map { (path: "night/\($0)/index.html", text: "page of \($0)\(end)") }
    let links = (runs.map { "night/\($0)/" } + ["history.csv", "latest.json", "feed.xml"]).map {
      "<a href=\"\($0)\">"
    }
    return nights + [
      ("history.csv", runs.joined(separator: "\n") + end), ("latest.json", "\(runs.last ?? "none")\(end)"),
      ("feed.xml", "\(runs.count) entries\(end)"),
      ("index.html", "\(links.joined(separator: "\n"))\n\(runs.joined(separator: " "))\(end)"),
    ]
  }

  /// What is wrong with a site that somebody fetches.
  package static func problems(_ read: (String) throws -> String?) rethrows -> [String] {
    guard let index = try read("index.html") else { return ["there is no index"] }
    var problems = index.hasSuffix(end) ? [] : ["the index is cut off"]
    for link in index.matches(of: #/href="([^"]+)"/#).map({ String($0.1) }) {
      let path = link.hasSuffix("/") ? "\(link)index.html" : link
      if try read(path)?.hasSuffix(end) != true { problems.append("\(path) is not there, or cut off") }
    }
    return problems
  }

  /// The runs of which the index tells.
  package static func runs(_ index: String) -> [String] {
    index.matches(of: #/night/([0-9-]+)//#).map { String($0.1) }
  }

  /// The `number`th day of a year.
  package static func date(_ number: Int) -> String {
    String(format: "2026-%02d-%02d", number / 28 + 1, number % 28 + 1)
  }
}
