import Shared

/// Whether the metrics that thresholds speak of can ever have samples: k6's own, and those that the script makes.
struct DoctorThresholds: Sendable {
  let thresholds: [GateThreshold]
  /// The texts of the script and of what is beside it; `nil` when they are not on this machine.
  let sources: [String]?

  var finding: DoctorFinding {
    let own = Set(thresholds.map(\.selector.metric)).subtracting(builtInMetricTypes.keys).sorted()
    if own.isEmpty {
      return .ok(.thresholds, "\(counted(thresholds.count, "threshold")), all of k6's own metrics")
    }
    let misspelt = own.compactMap { name in Self.nearest(name).map { (name, $0) } }
    guard let sources else {
      return .notChecked(
        .thresholds,
        "the script is not on this machine, so nobody knows whether it makes \(own.joined(separator: ", "))\(Self.hint(misspelt))"
      )
    }
    let unknown = own.filter { name in !sources.contains { Self.names(name, in: $0) } }
    guard let first = unknown.first else {
      return .ok(
        .thresholds,
        "\(counted(thresholds.count, "threshold")); the script makes \(own.joined(separator: ", "))")
    }
    let near = misspelt.filter { unknown.contains($0.0) }
    let sentence =
      "no metric \(unknown.joined(separator: ", ")) is known: it is none of k6's own, and no file of the script names it"
    // What a script loads from elsewhere may make a metric, too.
    if near.isEmpty, sources.contains(where: { $0.contains("https://") && $0.contains("import") }) {
      return .warning(
        .thresholds, "\(sentence); a module from elsewhere may make it",
        do: "a threshold without samples makes the run incomplete: check the name")
    }
    return .fault(
      .thresholds, "\(sentence)\(Self.hint(near))",
      do: near.isEmpty
        ? "make the metric in the script, as new Trend('\(first)'), or leave the threshold out"
        : "write \(near.map(\.1).joined(separator: ", "))")
  }

  private static func hint(_ near: [(String, String)]) -> String {
    near.isEmpty ? "" : " (\(near.map { "\($0.0): \($0.1)?" }.joined(separator: ", ")))"
  }

  /// As a text of its own in some source: `'checkout_time'`.
  private static func names(_ metric: String, in source: String) -> Bool {
    ["'", "\"", "`"].contains { source.contains("\($0)\(metric)\($0)") }
  }

  /// k6's own metric that was probably meant.
  static func nearest(_ name: String) -> String? {
    builtInMetricTypes.keys.sorted().map { ($0, distance(name, $0)) }.filter { $0.1 <= 2 }.min {
      $0.1 < $1.1
    }?.0
  }

  /// How many letters have to be changed, added or taken away (Levenshtein).
  private static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8.prefix(130)), Array(right.utf8))
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var next = [index + 1]
      for (column, other) in right.enumerated() {
        next.append(min(row[column + 1] + 1, next[column] + 1, row[column] + (letter == other ? 0 : 1)))
      }
      row = next
    }
    return row[right.count]
  }
}
