import Foundation
import TestSupport

/// A query, taken apart and looked at.
struct Query: Sendable {
  /// In the order in which they came.
  let pairs: [(name: String, value: String)]

  subscript(name: String) -> String? { pairs.last { $0.name == name }?.value }

  /// - Throws: ``Refusal``.
  init(_ text: String, allowed: [String]) throws {
    pairs = text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
        let plain = String(part).replacing("+", with: " ")
        return plain.removingPercentEncoding ?? plain
      }
      return (parts[0], parts.count > 1 ? parts[1] : "")
    }
    if let odd = pairs.first(where: { !allowed.contains($0.name) }) {
      throw Refusal.schema("\"\(odd.name)\" is not a permitted parameter.")
    }
  }

  /// - Throws: ``Refusal``.
  func word(_ name: String, of words: [String]) throws -> String {
    let word = self[name] ?? words[0]
    guard words.contains(word) else {
      throw Refusal.schema("For '\(name)', \(word) is not a member of [\(words.joined(separator: ", "))].")
    }
    return word
  }

  /// - Throws: ``Refusal``.
  func since() throws -> Date? {
    try self["since"].map { text in
      guard let date = try? Date(text, strategy: .iso8601) else {
        throw Refusal.schema("For 'since', \(text) is not a time.")
      }
      return date
    }
  }
}

/// One page of a list, with the header that leads to the others.
struct Page<Element> {
  let elements: [Element]
  /// `Link`
  let headers: [String: String]

  /// - Parameter path: by which the other pages are asked for: by the repository's number, as GitHub names them.
  init(_ all: [Element], _ query: Query, path: String, usual: Int = 30) throws {
    func number(_ name: String, or usual: Int) throws -> Int {
      guard let text = query[name] else { return usual }
      guard let number = Int(text), number >= 1 else {
        throw Refusal.schema("For '\(name)', \(text) is not a positive integer.")
      }
      return number
    }
    let size = try min(100, number("per_page", or: usual))
    let page = try number("page", or: 1)
    let last = max(1, (all.count + size - 1) / size)
    elements = Array(all.dropFirst((min(page, last + 1) - 1) * size).prefix(size))
    func link(_ page: Int, _ relation: String) -> String {
      var allowed = CharacterSet.alphanumerics
      allowed.insert(charactersIn: "-._~")
      let pairs = query.pairs.filter { $0.name != "page" } + [("page", "\(page)")]
      let text = pairs.map { pair in
        "\(pair.name)=\(pair.value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
      }
      return "<\(path)?\(text.joined(separator: "&"))>; rel=\"\(relation)\""
    }
    var links: [String] = []
    if page > 1 { links.append(link(min(page - 1, last), "prev")) }
    if page < last { links += [link(page + 1, "next"), link(last, "last")] }
    if page > 1 { links.append(link(1, "first")) }
    headers = links.isEmpty ? [:] : ["link": links.joined(separator: ", ")]
  }
}
