import Shared

/// What the history says of a run beside its own thresholds.
struct Standing: Sendable, Equatable {
  /// `nil` while there are too few nights like this one.
  let range: UsualRange?
  /// How many there are, this one included.
  let nights: Int
  /// `nil` unless the p95 rose and stayed up.
  let step: Step?
  /// The last three p95s, in milliseconds, oldest first.
  let lastThree: [Double]
  /// The newest passing run before.
  let lastGreen: HistoryRecord?
  let isFaster: Bool
  let isSpike: Bool
  /// The newest night before whose profile is known had another: the test itself has changed.
  let isOtherProfile: Bool

  /// - Parameters:
  ///   - run: as it will stand in the history; its verdict by its thresholds alone.
  ///   - history: of the suite; what began after the run is left out.
  ///   - rules: of the run's plan.
  init(of run: HistoryRecord, in history: [HistoryRecord], rules: TrendRules) {
    let branch = rules.branch ?? run.ref
    let earlier = history.filter { $0.startedAt < run.startedAt && $0.run != run.run }
    let past = Nights(earlier, suite: run.suite, branch: branch)
    lastGreen = past.lastGreen
    let before = past.all.last { $0.profile != nil }?.profile
    isOtherProfile = before != nil && run.profile != nil && before != run.profile
    // A run of another branch is no night, but it is shown beside them.
    let trend = Nights(earlier + [run.on(branch)], suite: run.suite, branch: branch)
      .trend(of: run.profile, rules.sensitivity)
    nights = trend.nights.count
    let last = nights - 1
    guard last >= 0 else {
      (range, step, lastThree, isFaster, isSpike) = (nil, nil, [], false, false)
      return
    }
    let isNight = trend.nights[last].run == run.run && run.ref == branch
    range = trend.range(at: last)
    step = isNight ? trend.step(at: last) : nil
    lastThree = isNight ? trend.nights.suffix(UsualRange.held).compactMap(\.p95) : []
    isFaster = isNight && trend.isFaster(at: last)
    isSpike = isNight && trend.isSpike(at: last)
  }

  /// What the p95 is beside the usual one, for a report.
  func sentences(p95: Double?) -> [String] {
    var sentences: [String] = []
    if let range, let p95 {
      let change = (p95 / range.usual - 1) * 100
      let size =
        abs(change) < 0.5 ? "is" : "is \(trimmed(abs(change), digits: 0)) % \(change > 0 ? "above" : "below")"
      sentences.append(
        "the p95 \(size) the usual \(trimmed(range.usual, digits: range.usual < 10 ? 2 : 1)) ms (\(range.nights) nights, noise \(trimmed(range.noise, digits: range.noise < 10 ? 2 : 1)) ms)"
      )
    } else if range == nil, nights >= UsualRange.least + UsualRange.held {
      sentences.append("what is usual is not known: on too many of the nights before nothing answered")
    } else if range == nil {
      sentences.append(
        "what is usual is known from \(UsualRange.least + UsualRange.held) complete nights on: \(nights) like this one so far"
      )
    }
    if isSpike { sentences.append("this night is far off the usual; the next ones tell whether it stays so") }
    if isFaster { sentences.append("the last three nights are faster than usual") }
    if isOtherProfile {
      sentences.append(
        "the test itself has changed since the night before: its script, load or number of shards")
    }
    if let lastGreen { sentences.append("the last run that passed before is \(lastGreen.run)") }
    return sentences
  }

  /// `nil` unless the run is degraded.
  var sentence: String? {
    guard let step else { return nil }
    let nights = lastThree.map { trimmed($0, digits: 0) }.joined(separator: ", ")
    return
      "the last three nights (p95 \(nights) ms) have a median of \(trimmed(step.middle, digits: 0)) ms, "
      + "\(trimmed((step.middle / step.range.usual - 1) * 100, digits: 0)) % above the usual "
      + "\(trimmed(step.range.usual, digits: 0)) ms; it likely began with run \(step.onset.run)"
  }
}

extension HistoryRecord {
  fileprivate func on(_ branch: String?) -> HistoryRecord {
    var record = self
    record.ref = branch
    return record
  }
}

extension TrendRules {
  /// A word of another version counts as the usual one.
  var sensitivity: Sensitivity { Sensitivity(rawValue: sensitivityName ?? "") ?? .normal }
}
