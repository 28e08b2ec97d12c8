import Shared

/// k6's `--summary-export` document, from what the agent itself has counted: field by field what k6 0.57 and 1.1 write
/// under `--no-thresholds`, without what setup() returned. Percentiles come from the histogram, within 0.1 %.
struct LeanSummary {
  /// k6's `summaryTrendStats`.
  let trendStats: [String]
  /// From un-pausing to the end of k6's test: the time over which k6 divides counts.
  let seconds: Double
  let k6: K6Version

  func members(
    metrics: [(name: String, aggregate: Aggregate)], checks: [CheckTree.Check]
  ) -> [String: JSONValue] {
    var root = Group(name: "", path: "")
    for check in checks { root.add(check, below: CheckTree.parts(Array(check.group.utf8))[...]) }
    let exported = metrics.map { ($0.name, JSONValue.object(values($0.aggregate))) }
    return [
      "metrics": .object(Dictionary(exported) { first, _ in first }),
      "root_group": root.json,
    ]
  }

  private func values(_ aggregate: Aggregate) -> [String: JSONValue] {
    switch aggregate {
    case .counter(let counter):
      let count = counter.sum.value
      return ["count": number(count), "rate": number(seconds > 0 ? count / seconds : nil)]
    case .gauge(let gauge):
      let max = gauge.max.map { k6.hasGaugesMaximumAtLeastZero ? Swift.max(0, $0) : $0 }
      return ["value": number(gauge.last?.value), "min": number(gauge.min), "max": number(max)]
    case .rate(let rate):
      return [
        "value": number(rate.share), "passes": .number(Double(rate.passes)),
        "fails": .number(Double(rate.count - rate.passes)),
      ]
    case .trend(let trend):
      return Dictionary(trendStats.map { ($0, number(statistic($0, of: trend))) }) { first, _ in first }
    }
  }

  private func statistic(_ name: String, of trend: TrendAggregate) -> Double? {
    switch name {
    case "avg": return trend.average
    case "min": return trend.min
    case "max": return trend.max
    case "med": return trend.displayed(quantile: 0.5)
    case "count": return Double(trend.count)
    default:
      guard name.hasPrefix("p("), name.hasSuffix(")"),
        let percent = parseGoFloat(name.dropFirst(2).dropLast())
      else { return nil }
      return trend.displayed(quantile: percent / 100)
    }
  }

  /// JSON has no other numbers than finite ones; k6 writes `null` for them as well.
  private func number(_ value: Double?) -> JSONValue {
    value.flatMap { $0.isFinite ? JSONValue.number($0) : nil } ?? .null
  }
}

extension LeanSummary {
  /// A node of the tree, with everything below it.
  private struct Group {
    let name: String
    let path: String
    var groups: [String: Group] = [:]
    var checks: [String: RateAggregate] = [:]

    init(name: String, path: String) { (self.name, self.path) = (name, path) }

    mutating func add(_ check: CheckTree.Check, below parts: ArraySlice<[UInt8]>) {
      if let part = parts.first {
        let name = String(decoding: part, as: UTF8.self)
        groups[name, default: Group(name: name, path: "\(path)::\(name)")]
          .add(check, below: parts.dropFirst())
      } else if let name = check.name {
        // Two groups' tags may stand for one path.
        checks[name, default: RateAggregate()].count += check.count.count
        checks[name, default: RateAggregate()].passes += check.count.passes
      }
    }

    var json: JSONValue {
      let checks = checks.map { name, count in
        let path = "\(path)::\(name)"
        let members: [String: JSONValue] = [
          "name": .string(name), "path": .string(path), "id": .string(md5(path)),
          "passes": .number(Double(count.passes)), "fails": .number(Double(count.count - count.passes)),
        ]
        return (name, JSONValue.object(members))
      }
      return .object([
        "name": .string(name), "path": .string(path), "id": .string(md5(path)),
        "groups": .object(groups.mapValues(\.json)),
        "checks": .object(Dictionary(uniqueKeysWithValues: checks)),
      ])
    }
  }
}
