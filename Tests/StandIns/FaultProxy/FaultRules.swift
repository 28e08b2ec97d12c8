import Foundation

/// What the proxy does to a request instead of passing it on as it is.
enum Fault: String, Decodable, Sendable, CaseIterable {
  case slowDown = "slow_down"
  case conflict
  case refuse
  case cut
  case silence
  case failedAfter = "failed_after"
  case slow
}

struct FaultRule: Sendable, Equatable {
  /// As `PUT`, or `*`.
  var method = "*"
  /// Matched against the path as it goes over the wire; `*` is any text.
  var key = "*"
  let fault: Fault
  /// Which of the requests that match, from 1; empty for all.
  var occurrences: Set<Int> = []
  var probability = 1.0
  /// For ``Fault/slow``.
  var seconds = 0.0

  func matches(method: String, path: String) -> Bool {
    (self.method == "*" || self.method == method) && glob(key[...], path[...])
  }

  private func glob(_ pattern: Substring, _ text: Substring) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      let rest = pattern.dropFirst()
      return text.indices.contains { glob(rest, text[$0...]) } || glob(rest, "")
    }
    return text.first == first && glob(pattern.dropFirst(), text.dropFirst())
  }
}

/// The rules of one `POST /_faults`. Whatever is not understood is refused: a test whose fault never happens is green for
/// nothing.
struct FaultRules: Sendable {
  let seed: UInt64
  let rules: [FaultRule]

  init(seed: UInt64 = 0, rules: [FaultRule]) { (self.seed, self.rules) = (seed, rules) }

  init(json: Data) throws(FaultRulesError) {
    guard let top = try? JSONSerialization.jsonObject(with: json) as? [String: Any] else {
      throw FaultRulesError("expected a JSON object with 'rules'")
    }
    try Self.check(top, allowed: ["seed", "rules"], place: "the object")
    guard let list = top["rules"] as? [[String: Any]] else {
      throw FaultRulesError("'rules' is no list of objects")
    }
    seed = try Self.number(top["seed"], "seed", or: 0, in: 0...9e15).map { UInt64($0) } ?? 0
    var rules: [FaultRule] = []
    for (index, rule) in list.enumerated() { rules.append(try Self.rule(rule, place: "rule \(index + 1)")) }
    self.rules = rules
  }

  private static func rule(_ rule: [String: Any], place: String) throws(FaultRulesError) -> FaultRule {
    try check(
      rule, allowed: ["method", "key", "fault", "occurrences", "probability", "seconds"], place: place)
    guard let name = rule["fault"] as? String, let fault = Fault(rawValue: name) else {
      let names = Fault.allCases.map(\.rawValue).joined(separator: ", ")
      throw FaultRulesError("\(place): 'fault' is \(rule["fault"] ?? "missing"): expected one of \(names)")
    }
    guard let method = (rule["method"] ?? "*") as? String, let key = (rule["key"] ?? "*") as? String else {
      throw FaultRulesError("\(place): 'method' and 'key' are texts")
    }
    guard let occurrences = (rule["occurrences"] ?? [Int]()) as? [Int], occurrences.allSatisfy({ $0 > 0 })
    else {
      throw FaultRulesError("\(place): 'occurrences' is no list of numbers from 1")
    }
    return FaultRule(
      method: method, key: key, fault: fault, occurrences: Set(occurrences),
      probability: try number(rule["probability"], "\(place): probability", or: 1, in: 0...1) ?? 1,
      seconds: try number(rule["seconds"], "\(place): seconds", or: 0, in: 0...3600) ?? 0)
  }

  private static func check(_ object: [String: Any], allowed: Set<String>, place: String)
    throws(FaultRulesError)
  {
    if let unknown = Set(object.keys).subtracting(allowed).sorted().first {
      throw FaultRulesError("\(place) has the unknown member '\(unknown)'")
    }
  }

  private static func number(
    _ value: Any?, _ name: String, or usual: Double, in range: ClosedRange<Double>
  ) throws(FaultRulesError) -> Double? {
    guard let value else { return usual }
    guard let number = value as? Double, range.contains(number) else {
      throw FaultRulesError(
        "'\(name)' is \(value): expected a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

struct FaultRulesError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Decides for one request after the other, and counts.
struct FaultDecisions: Sendable {
  private let rules: [FaultRule]
  private var generator: Generator
  private(set) var requests = 0
  private(set) var matched: [Int]
  private(set) var applied: [Int]

  init(_ rules: FaultRules) {
    self.rules = rules.rules
    generator = Generator(state: rules.seed)
    matched = rules.rules.map { _ in 0 }
    applied = matched
  }

  mutating func decide(method: String, path: String) -> FaultRule? {
    requests += 1
    for (index, rule) in rules.enumerated() where rule.matches(method: method, path: path) {
      matched[index] += 1
      let isDue = rule.occurrences.isEmpty || rule.occurrences.contains(matched[index])
      guard isDue, rule.probability >= 1 || Double.random(in: 0..<1, using: &generator) < rule.probability
      else {
        continue
      }
      applied[index] += 1
      return rule
    }
    return nil
  }

  var json: Data {
    let list = rules.indices.map { index -> [String: Any] in
      let rule = rules[index]
      return [
        "method": rule.method, "key": rule.key, "fault": rule.fault.rawValue, "matched": matched[index],
        "applied": applied[index],
      ]
    }
    return
      (try? JSONSerialization.data(
        withJSONObject: ["requests": requests, "rules": list], options: .sortedKeys)) ?? Data()
  }

  /// SplitMix64.
  private struct Generator: RandomNumberGenerator, Sendable {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
