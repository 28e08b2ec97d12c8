import Shared

/// The live view: a row a shard, the merged one beneath, and how far the run is.
struct ProgressTable: Sendable {
  let run: RunID
  /// By shard; `nil` where nothing has come yet.
  let shards: [ShardProgress?]
  let startAt: UTCInstant
  let planned: Double?
  let now: UTCInstant

  private var elapsed: Double { max(0, now.seconds(since: startAt)) }

  /// `12 of 15 s`
  private var position: String {
    guard let planned else { return "\(Int(elapsed)) s" }
    return "\(Int(min(elapsed, planned))) of \(trimmed(planned, digits: 0)) s"
  }

  private var bar: String {
    guard let planned, planned > 0 else { return "" }
    let filled = Int(min(1, elapsed / planned) * 30)
    return "  [" + String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled) + "]"
  }

  private struct Row {
    var vus = 0.0
    var rate = 0.0
    var requests: UInt64 = 0
    var failed: UInt64 = 0
    var durations = Histogram()

    mutating func add(_ progress: ShardProgress) {
      vus += progress.vus
      rate += progress.recentRate
      // From a document, for the eye alone: wrapped rather than trapped.
      requests &+= progress.requests
      failed &+= progress.failedRequests
      durations.merge(progress.durations)
    }

    var cells: [String] {
      let errors = requests == 0 ? "-" : percent(Double(failed) / Double(requests))
      let p95 = durations.value(at: 0.95).map { trimmed($0, digits: 1) } ?? "-"
      return [trimmed(vus, digits: 0), trimmed(rate, digits: 1), p95, errors]
    }
  }

  /// For a terminal, redrawn.
  var lines: [String] {
    var all = Row()
    var rows = [["shard", "state", "VUs", "req/s", "p95 ms", "errors"]]
    for (index, progress) in shards.enumerated() {
      guard let progress else {
        rows.append(["\(index)", "no word yet", "-", "-", "-", "-"])
        continue
      }
      var row = Row()
      row.add(progress)
      all.add(progress)
      rows.append(["\(index)", state(progress)] + row.cells)
    }
    rows.append(["all", ""] + all.cells)
    return ["run \(run)  \(position)\(bar)"] + table(rows)
  }

  /// For a log, one line.
  var line: String {
    var all = Row()
    for progress in shards.compactMap(\.self) { all.add(progress) }
    let heard = shards.compactMap(\.self).count
    let cells = all.cells
    let silent = heard < shards.count ? ", \(shards.count - heard) shards without word" : ""
    return "\(position): \(cells[0]) VUs, \(cells[1]) req/s, p95 \(cells[2]) ms, errors \(cells[3])\(silent)"
  }

  /// A shard writes every 2 s.
  private func state(_ progress: ShardProgress) -> String {
    let age = now.seconds(since: progress.at)
    return age > 6 ? "silent \(Int(age)) s" : "running"
  }
}

extension ShardProgress {
  /// Requests per second over the last five whole seconds.
  fileprivate var recentRate: Double {
    let whole = requestsPerSecond.dropLast()
    let recent = whole.isEmpty ? requestsPerSecond[...] : whole.suffix(5)
    return recent.isEmpty ? 0 : recent.reduce(0, +) / Double(recent.count)
  }
}
