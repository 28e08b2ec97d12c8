import Shared

/// What the figures themselves say of where to look; each only where they are plain about it.
struct AlertHints {
  let facts: AlertFacts

  var sentences: [String] {
    guard [.fail, .degraded].contains(facts.verdict) else { return [] }
    return [otherTest, failingFast, tooFewRequests, oneEndpoint ?? shape, spike].compactMap(\.self)
  }

  /// As a list; empty for none.
  var lines: [String] {
    sentences.isEmpty ? [] : ["**Where to look**", ""] + sentences.map { "- \($0)" }
  }

  private var tonight: HistoryRecord { facts.record }

  private var otherTest: String? {
    guard let then = facts.before ?? facts.lastGreen else { return nil }
    let day = PageText.shortDay(then.night)
    if let old = then.profile, let new = tonight.profile, old != new {
      return "The test itself has changed since \(day) (its script, its load or the number of shards): "
        + "the figures of before cannot be held against these."
    }
    guard let old = then.k6Version, let new = tonight.k6Version, old != new else { return nil }
    let versions = [old, new].map { Markdown.text(PageText.outside($0, most: 20)) }
    return "The test itself has changed since \(day): k6 \(versions[0]) then, \(versions[1]) now."
  }

  /// More requests fail, and by that the p95 falls.
  private var failingFast: String? {
    guard let errors = change(\.errorRate), errors.now - errors.then >= 0.005, errors.now >= 2 * errors.then,
      let p95 = change(\.p95), p95.share <= -0.03
    else { return nil }
    return
      "More requests fail (\(PageText.rate(errors.now)) after \(PageText.rate(errors.then))) while the p95 fell by "
      + "\(AlertText.percent(p95.share)): it is failing fast. Look at the errors first; the latency flatters."
  }

  private var tooFewRequests: String? {
    guard facts.threshold(.requestRate)?.outcome == .crossed, let p95 = tonight.p95,
      let then = facts.night.range?.usual ?? facts.reference?.p95, abs(p95 / then - 1) < 0.05
    else { return nil }
    return
      "Throughput is below its floor and the p95 is as usual: look at the load generators and the configured "
      + "arrival rate before the service."
  }

  private var oneEndpoint: String? {
    let weights = facts.moves.map(\.weight).filter { $0 > 0 }
    guard let top = facts.topMove, facts.moves.count >= 3, top.weight >= 0.8 * weights.reduce(0, +) else {
      return nil
    }
    return
      "\(AlertText.code(top.endpoint.name)) alone carries \(AlertText.percent(top.weight / weights.reduce(0, +))) of it: "
      + "look at what changed there."
  }

  /// Whether everything got slower alike, or the slowest requests only.
  private var shape: String? {
    let quantiles = [("p50", \HistoryRecord.p50), ("p90", \.p90), ("p95", \.p95), ("p99", \.p99)]
    let moves = quantiles.compactMap { name, path in change(path).map { (name: name, share: $0.share) } }
    guard moves.count == quantiles.count, let first = moves.first, let last = moves.last else { return nil }
    let (low, high) = (moves.map(\.share).min() ?? 0, moves.map(\.share).max() ?? 0)
    let figures = "p50 \(AlertText.signed(first.share)), p99 \(AlertText.signed(last.share))"
    if low >= 0.08, high - low <= max(0.05, 0.3 * high) {
      return
        "All percentiles moved alike (\(figures)): rather something that every request needs (a host, the network, "
        + "the database) than one code path."
    }
    if abs(first.share) < 0.04, last.share >= 0.1 {
      return
        "Only the tail moved (\(figures)): rather locks, garbage collection, a pool or retries than the code as such."
    }
    return nil
  }

  private var spike: String? {
    guard facts.step == nil, facts.result.trend?.isSpike == true else { return nil }
    return "The nights before were as usual: it may be a single bad night; the next ones tell."
  }

  private func change(_ path: KeyPath<HistoryRecord, Double?>) -> (now: Double, then: Double, share: Double)?
  {
    guard let now = tonight[keyPath: path], let then = facts.reference?.record[keyPath: path], then >= 0
    else {
      return nil
    }
    return (now, then, then == 0 ? 0 : now / then - 1)
  }
}
