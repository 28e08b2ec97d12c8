import TestSupport

/// What can go wrong on purpose.
enum FaultKind: String, CaseIterable, Sendable {
  /// 403, and `retry-after`: a secondary limit.
  case retryAfter = "retry-after"
  /// 403, `x-ratelimit-remaining` 0 and `x-ratelimit-reset`: the hour's calls are used up.
  case rateLimit = "rate-limit"
  /// 429 with no more than its message.
  case secondaryLimit = "secondary-limit"
  /// 502 with a page for people; not carried out.
  case badGateway = "bad-gateway"
  /// Carried out, and then 502.
  case badGatewayAfter = "bad-gateway-after"
  /// The connection is closed without a word, and nothing was done.
  case cutBefore = "cut-before"
  /// Carried out, and the connection closed without a word.
  case cut
  /// Carried out, and answered late.
  case hang
  /// 200 with a page for people, as from something in between; not carried out.
  case html
  /// Carried out; of the answer's JSON there is a half.
  case cutJSON = "cut-json"
  /// The repository has another name: 301 for a call that reads, 307 for others.
  case renamed
  /// 403: the token lacks a permission.
  case forbidden
  case notFound = "not-found"
  /// Carried out, and answered when so many such calls have been: what they read is what was there before any of them
  /// goes on.
  case together

  var required: [String] {
    switch self {
    case .retryAfter, .rateLimit: ["seconds"]
    case .hang: ["milliseconds"]
    case .together: ["count"]
    default: []
    }
  }

  var isCarriedOut: Bool {
    [.badGatewayAfter, .cut, .hang, .cutJSON, .together].contains(self)
  }
}

/// Why a fault was not taken.
struct FaultError: Error, Equatable { let message: String }

/// One thing that goes wrong: `{"fault": "cut", "method": "POST", "path": "*/issues", "calls": [1]}`. Whatever is not
/// understood is refused: a test whose fault never happens is green for nothing.
struct Fault: Sendable {
  let kind: FaultKind
  /// Or `*`.
  let method: String
  /// As it goes over the wire; `*` is any text.
  let path: String
  /// Which of those that match, from 1; `nil` for all.
  let calls: Set<Int>?
  let seconds: Int
  let milliseconds: Int
  let count: Int
  let source: [String: JSON]

  /// - Throws: ``FaultError``.
  init(_ value: JSON) throws {
    guard let members = value.object, let name = members["fault"]?.string else {
      throw FaultError(message: "a fault is an object with the member 'fault'; found \(value)")
    }
    guard let kind = FaultKind(rawValue: name) else {
      let known = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw FaultError(message: "there is no fault '\(name)'; there are: \(known)")
    }
    func fail(_ problem: String) -> FaultError { FaultError(message: "fault '\(name)': \(problem)") }
    let allowed = kind.required + ["fault", "method", "path", "calls"]
    if let odd = members.keys.sorted().first(where: { !allowed.contains($0) }) {
      throw fail("it has no member '\(odd)'; it has \(allowed.joined(separator: ", "))")
    }
    func integer(_ member: String) throws -> Int {
      guard kind.required.contains(member) else { return 0 }
      guard let found = members[member]?.integer, (1...86_400_000).contains(found) else {
        throw fail("'\(member)' must be an integer from 1 to 86400000")
      }
      return found
    }
    func text(_ member: String) throws -> String {
      guard let value = members[member] else { return "*" }
      guard let text = value.string, !text.isEmpty else { throw fail("'\(member)' must be a text") }
      return text
    }
    self.kind = kind
    (method, path) = (try text("method"), try text("path"))
    (seconds, milliseconds) = (try integer("seconds"), try integer("milliseconds"))
    count = try integer("count")
    calls = try members["calls"].map { value in
      let numbers = value.array?.compactMap(\.integer) ?? []
      guard !numbers.isEmpty, numbers.count == value.array?.count, numbers.allSatisfy({ $0 >= 1 }) else {
        throw fail("'calls' must be a list of numbers from 1, as [1, 2]")
      }
      return Set(numbers)
    }
    source = members
  }

  /// A list of faults, as in a file or a request.
  static func list(_ value: JSON) throws -> [Fault] {
    guard let array = value.array else { throw FaultError(message: "faults are a list of objects") }
    return try array.map(Fault.init)
  }

  func matches(_ request: Request) -> Bool {
    (method == "*" || method == request.method) && Self.glob(path[...], request.path[...])
  }

  private static func glob(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      let rest = pattern.dropFirst()
      return text.indices.contains { glob(rest, text[$0...]) } || glob(rest, "")
    }
    return text.first == first && glob(pattern.dropFirst(), text.dropFirst())
  }
}
