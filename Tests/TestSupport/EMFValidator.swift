/// What CloudWatch asks of a line of its embedded metric format, and what a log driver does: written from the published
/// specification and CloudWatch's limits, apart from the code that makes the lines.
package struct EMFValidator {
  private let now: Double
  private(set) var violations: [String] = []

  /// - Parameters:
  ///   - line: with its newline.
  ///   - now: milliseconds since 1970.
  /// - Returns: a sentence for everything that is wrong.
  package static func violations(_ line: [UInt8], now: Double) -> [String] {
    var validator = EMFValidator(now: now)
    validator.validate(line)
    return validator.violations
  }

  private init(now: Double) { self.now = now }

  private mutating func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) {
    if !condition { violations.append(sentence()) }
  }

  private mutating func validate(_ line: [UInt8]) {
    expect(line.count < 16_000, "the line has \(line.count) bytes: drivers split at 16 KB")
    expect(line.last == 10 && line.dropLast().allSatisfy { $0 != 10 && $0 != 13 }, "it is not one line")
    guard let root = try? JSON(line).object else { return violations.append("it is no JSON object") }
    guard let aws = root["_aws"]?.object else { return violations.append("_aws is missing") }
    validateTimestamp(aws["Timestamp"])
    guard let directives = aws["CloudWatchMetrics"]?.array, !directives.isEmpty else {
      return violations.append("CloudWatchMetrics is no list, or empty")
    }
    for directive in directives { validate(directive, root) }
  }

  private mutating func validateTimestamp(_ timestamp: JSON?) {
    guard let time = timestamp?.number, time == time.rounded() else {
      return violations.append("Timestamp is no whole number")
    }
    expect(time >= now - 14 * 86_400_000, "Timestamp is more than 14 days ago")
    expect(time <= now + 2 * 3_600_000, "Timestamp is more than 2 hours ahead")
  }

  private mutating func validate(_ directive: JSON, _ root: [String: JSON]) {
    let namespace = directive["Namespace"]?.string ?? ""
    expect(
      (1...255).contains(namespace.count) && namespace.allSatisfy(\.isASCII) && !namespace.hasPrefix(":")
        && !namespace.hasPrefix("AWS/"), "the namespace is '\(namespace)'")
    guard let sets = directive["Dimensions"]?.array, !sets.isEmpty else {
      return violations.append("Dimensions is no list, or empty")
    }
    for set in sets { validateDimensions(set, root) }
    guard let metrics = directive["Metrics"]?.array else { return violations.append("Metrics is no list") }
    expect(metrics.count <= 100, "there are \(metrics.count) metrics")
    let names = metrics.compactMap { $0["Name"]?.string }
    expect(Set(names).count == metrics.count, "a metric has no name, or is there twice")
    for metric in metrics { validateMetric(metric, root) }
  }

  private mutating func validateDimensions(_ set: JSON, _ root: [String: JSON]) {
    guard let keys = set.array, keys.count <= 30 else {
      return violations.append("a dimension set is no list of 0 to 30")
    }
    for key in keys {
      guard let key = key.string, isName(key, 250) else {
        violations.append("a dimension has no name of 1 to 250 ASCII characters")
        continue
      }
      guard let value = root[key] else {
        violations.append("the dimension \(key) is not in the root")
        continue
      }
      guard let text = value.string else {
        violations.append("the dimension \(key) is no text")
        continue
      }
      expect(
        text.count <= 1024 && text.allSatisfy(\.isASCII) && text.contains { !$0.isWhitespace },
        "the dimension \(key) is '\(text)'")
    }
  }

  private func isName(_ text: String, _ longest: Int) -> Bool {
    (1...longest).contains(text.count) && text.allSatisfy(\.isASCII) && !text.hasPrefix(":")
      && text.contains { !$0.isWhitespace }
  }

  private mutating func validateMetric(_ metric: JSON, _ root: [String: JSON]) {
    guard let name = metric["Name"]?.string, isName(name, 1024) else {
      return violations.append("a metric has no name of 1 to 1024 ASCII characters")
    }
    if let unit = metric["Unit"] {
      expect(unit.string.map(Self.units.contains) ?? false, "\(name) has an unknown unit")
    }
    if let resolution = metric["StorageResolution"] {
      expect(
        resolution == .number(1) || resolution == .number(60), "\(name) has an unknown StorageResolution")
    }
    guard let value = root[name] else { return violations.append("the metric \(name) is not in the root") }
    validateValue(value, name)
  }

  private mutating func validateValue(_ value: JSON, _ name: String) {
    if let members = value.object {
      guard let values = members["Values"]?.array, let counts = members["Counts"]?.array else {
        return violations.append("\(name) has no Values, or no Counts")
      }
      expect(values.count == counts.count, "\(name) has \(values.count) Values and \(counts.count) Counts")
      expect(counts.allSatisfy { ($0.number ?? 0) > 0 }, "\(name) has a count that is not positive")
      validateNumbers(values, name)
    } else {
      validateNumbers(value.array ?? [value], name)
    }
  }

  private mutating func validateNumbers(_ values: [JSON], _ name: String) {
    expect((1...100).contains(values.count), "\(name) has \(values.count) values")
    for value in values {
      guard let number = value.number, number.isFinite, abs(number) <= 0x1p360 else {
        violations.append("\(name) has a value that CloudWatch does not take")
        continue
      }
      // With a negative value CloudWatch has no percentiles.
      expect(name != "http_req_duration" || number >= 0, "\(name) has a negative value")
    }
  }

  private static let units: Set<String> = {
    let sizes = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"]
    let amounts = sizes + ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Count"]
    return Set(
      amounts + amounts.map { "\($0)/Second" }
        + ["Seconds", "Microseconds", "Milliseconds", "Percent", "None"])
  }()
}

/// A line, read as CloudWatch reads it.
package struct EMFLine {
  package let root: JSON

  package init(_ line: [UInt8]) throws { root = try JSON(line) }

  /// A metric's values, each with how often it is there; nothing when the metric is left out.
  package func values(_ name: String) -> [(value: Double, count: Double)] {
    guard let member = root[name] else { return [] }
    if let values = member["Values"]?.array, let counts = member["Counts"]?.array {
      return zip(values, counts).map { ($0.number ?? .nan, $1.number ?? .nan) }
    }
    return [(member.number ?? .nan, 1)]
  }

  package func sum(_ name: String) -> Double { values(name).reduce(0) { $0 + $1.value * $1.count } }

  package func count(_ name: String) -> Double { values(name).reduce(0) { $0 + $1.count } }
}

/// The value at a nearest rank of values with counts.
package func pooledQuantile(_ values: [(value: Double, count: Double)], _ quantile: Double) -> Double? {
  let total = values.reduce(0) { $0 + $1.count }
  let rank = max(1, (quantile * total).rounded(.up))
  var seen = 0.0
  for (value, count) in values.sorted(by: { $0.value < $1.value }) {
    seen += count
    if seen >= rank { return value }
  }
  return nil
}
