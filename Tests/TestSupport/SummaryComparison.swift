/// Holds two summaries in k6's words against each other, field by field: the tree of groups, every metric, every member.
package struct SummaryComparison {
  /// Metrics that are not the same in two runs of one script: of them only the fields, and counts of samples, agree.
  package var isTimed: (_ metric: String) -> Bool = { _ in false }
  /// By how much the lengths over which counters are divided may differ, in seconds.
  package var seconds: Double
  /// A percentile from a histogram, relative to k6's own.
  private let percentile = 0.001

  package init(seconds: Double) { self.seconds = seconds }

  /// Sentences; empty when they agree.
  package func differences(_ mine: JSON, _ own: JSON) -> [String] {
    var found: [String] = []
    if mine["root_group"] != own["root_group"] || mine["root_group"] == nil {
      found.append(
        "root_group: \(String(describing: mine["root_group"])), k6 has \(own["root_group"] ?? .null)")
    }
    let (mine, own) = (mine["metrics"]?.object ?? [:], own["metrics"]?.object ?? [:])
    for name in Set(mine.keys).union(own.keys).sorted() {
      guard let my = mine[name]?.object, let their = own[name]?.object else {
        found.append("\(name) is only in \(mine[name] == nil ? "k6's" : "mine")")
        continue
      }
      if Set(my.keys) != Set(their.keys) {
        found.append("\(name) has \(my.keys.sorted()), k6's \(their.keys.sorted())")
      }
      let isTrend = their["passes"] == nil && their["rate"] == nil && their["value"] == nil
      for (field, value) in their where !agrees(name, field, isTrend, my, their) {
        found.append("\(name).\(field): \(my[field] ?? .null), k6 has \(value)")
      }
    }
    return found
  }

  private func agrees(
    _ metric: String, _ field: String, _ isTrend: Bool, _ mine: [String: JSON], _ own: [String: JSON]
  ) -> Bool {
    guard let my = mine[field]?.number, let their = own[field]?.number else {
      return mine[field] == own[field]
    }
    switch field {
    case "rate" where !isTrend:
      // count / rate is the time that went by.
      guard let count = mine["count"]?.number, let ownCount = own["count"]?.number else { return false }
      return count == 0 && my == 0 && their == 0 || abs(count / my - ownCount / their) <= seconds
    case "count" where isTrend: return my == their
    case _ where isTimed(metric): return true
    case "avg": return abs(my - their) <= 1e-9 * abs(their)
    case "med": return abs(my - their) <= percentile * abs(their)
    case _ where field.hasPrefix("p("): return abs(my - their) <= percentile * abs(their)
    default: return my == their
    }
  }
}
