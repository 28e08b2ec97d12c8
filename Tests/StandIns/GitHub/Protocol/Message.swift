import Foundation
import TestSupport

/// A request as it came.
struct Request: Sendable {
  let method: String
  /// As it came over the wire, below the server's address.
  let path: String
  let query: String
  /// By their names in lower case.
  let headers: [String: String]
  let body: Data

  /// A GitHub Enterprise Server has everything below this.
  static let enterprisePrefix = "/api/v3"

  var prefix: String { path.hasPrefix("\(Self.enterprisePrefix)/") ? Self.enterprisePrefix : "" }
  /// Without the prefix, in parts, decoded.
  var parts: [String] {
    path.dropFirst(prefix.count).split(separator: "/").map {
      String($0).removingPercentEncoding ?? String($0)
    }
  }
  var token: String? {
    let words = (headers["authorization"] ?? "").split(separator: " ").map(String.init)
    return words.count == 2 && ["bearer", "token"].contains(words[0].lowercased()) ? words[1] : nil
  }
  /// As the asker wrote the server's name.
  var base: String { "http://\(headers["host"] ?? "127.0.0.1")\(prefix)" }
}

/// What the server does with an answer.
enum Delivery: Sendable {
  case now
  case late(Duration)
  /// The connection is closed without a word.
  case never
}

struct Answer: Sendable {
  var status: Int
  var text: Data
  var headers: [String: String] = ["content-type": "application/json; charset=utf-8"]
  var delivery = Delivery.now

  init(_ status: Int, _ body: JSON, _ headers: [String: String] = [:]) {
    (self.status, text) = (status, body.text)
    self.headers.merge(headers) { $1 }
  }

  init(_ status: Int, html: String) {
    (self.status, text) = (status, Data(html.utf8))
    headers = ["content-type": "text/html; charset=utf-8"]
  }
}

/// A call that GitHub refuses, in its own words where they are known.
struct Refusal: Error {
  let status: Int
  let message: String
  var problems: [JSON] = []
  var documentation = "https://docs.github.com/rest"
  var headers: [String: String] = [:]

  var answer: Answer {
    Answer(
      status,
      JSON([
        "message": .string(message), "errors": problems.isEmpty ? nil : .array(problems),
        "documentation_url": .string(documentation), "status": .string("\(status)"),
      ]), headers)
  }

  static let notFound = Refusal(status: 404, message: "Not Found")

  static func invalid(_ resource: String, _ field: String, _ code: String, _ message: String? = nil)
    -> Refusal
  {
    Refusal(
      status: 422, message: "Validation Failed",
      problems: [
        JSON([
          "resource": .string(resource), "field": .string(field), "code": .string(code),
          "message": message.map { .string($0) },
        ])
      ])
  }

  /// Of a body or a query that is not of its schema.
  static func schema(_ text: String) -> Refusal {
    Refusal(status: 422, message: "Invalid request.\n\n\(text)")
  }
}
