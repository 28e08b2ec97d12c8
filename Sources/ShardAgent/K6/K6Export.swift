import Shared

/// What k6 itself counted, from its `--summary-export`, to hold against what its stream had.
struct K6Export: Decodable {
  /// Counters have a `count` (the sum of their samples), rates `passes` and `fails`; the rest is not looked at.
  private struct Metric: Decodable {
    let count: Double?
    let passes: Double?
    let fails: Double?
    let isTrend: Bool

    private enum CodingKeys: String, CodingKey { case count, passes, fails, avg, med, max, min }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      count = try? container.decodeIfPresent(Double.self, forKey: .count)
      passes = try? container.decodeIfPresent(Double.self, forKey: .passes)
      fails = try? container.decodeIfPresent(Double.self, forKey: .fails)
      // A trend has a count as well when the script asks for one: of samples, not their sum.
      isTrend = [.avg, .med, .max, .min].contains { container.contains($0) }
    }
  }

  private let metrics: [String: Metric]?

  /// - Parameter measured: what came of a metric's samples in the stream.
  /// - Returns: a sentence for the first metric, by name, of which k6 counts something else than its stream had.
  func contradiction(except: [String], _ measured: (String) -> Aggregate?) -> String? {
    for (name, metric) in (metrics ?? [:]).sorted(by: { $0.key < $1.key })
    where !name.contains("{") && !except.contains(name) {
      switch measured(name) {
      case .counter(let counter)?:
        // k6's own running sum rounds, unless all is whole: then one sample more or less is a whole apart.
        guard let own = metric.count, !metric.isTrend, counter.sum.isWhole else { continue }
        if abs(own - counter.sum.value) >= 0.5 {
          return Self.sentence(name, own, counter.sum.value)
        }
      case .rate(let rate)?:
        guard let passes = metric.passes, let fails = metric.fails else { continue }
        if passes + fails != Double(rate.count) {
          return Self.sentence(name, passes + fails, Double(rate.count))
        }
        if passes != Double(rate.passes) {
          return Self.sentence("\(name) passes", passes, Double(rate.passes))
        }
      case .trend(let trend)?:
        guard let own = metric.count, metric.isTrend else { continue }
        if own != Double(trend.count) { return Self.sentence(name, own, Double(trend.count)) }
      case .gauge?: continue
      case nil:
        let own = metric.count ?? (metric.passes ?? 0) + (metric.fails ?? 0)
        if own != 0 { return Self.sentence(name, own, 0) }
      }
    }
    return nil
  }

  private static func sentence(_ name: String, _ own: Double, _ measured: Double) -> String {
    func shown(_ number: Double) -> String { Int64(exactly: number).map(String.init) ?? "\(number)" }
    return "k6 counts \(shown(own)) \(name) and its stream had \(shown(measured))"
  }
}
