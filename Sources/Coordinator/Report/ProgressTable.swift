import Shared

/// The live view: a row a shard, the merged one beneath, and how far the run is.
struct ProgressTable: Sendable {
  let run: RunID
  /// By shard; `nil` where nothing has come yet.
  let shards: [ShardProgress?]
  let startAt: UTCInstant
  let planned: Double?
  let now: UTCInstant

  /// Behind setup(), where one runs.
  private var elapsed: Double {
    let heard = shards.compactMap(\.self)
    let begun = heard.compactMap(\.loadStartedAt).max()
    if begun == nil, heard.contains(where: { $0.phase == .setup }) { return 0 }
    return max(0, now.seconds(since: begun ?? startAt))
  }

  /// `12 of 15 s, 3 s left`
  private var position: String {
    guard let planned else { return "\(Int(elapsed)) s" }
    let (gone, left) = (Int(min(elapsed, planned)), Int(max(0, planned - elapsed).rounded(.up)))
    return "\(gone) of \(trimmed(planned, digits: 0)) s, \(left) s left"
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
      if progress.phase != .ended {
        vus += progress.vus
        rate += progress.recentRate
      }
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
  /// - Parameter fits: rows and columns; what does not fit is left out, the merged row never. `nil`: all of it.
  func lines(fitting fits: (rows: Int, columns: Int)? = nil) -> [String] {
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
    var lines = ["run \(run)  \(position)\(bar)"] + table(rows)
    guard let fits else { return lines }
    // The cursor's own line stays free, and a line that wraps would be two.
    let room = max(4, fits.rows - 1)
    if lines.count > room {
      let hidden = lines.count - room + 1
      lines.replaceSubrange((room - 2)..<(lines.count - 1), with: ["  ... and \(hidden) more shards"])
    }
    return lines.map { String($0.prefix(max(20, fits.columns - 1))) }
  }

  /// For a log, one line.
  var line: String {
    var all = Row()
    let heard = shards.compactMap(\.self)
    for progress in heard { all.add(progress) }
    let cells = all.cells
    let quiet = shards.count - heard.filter { !isSilent($0) }.count
    let silent = quiet > 0 ? ", \(quiet) of \(shards.count) shards without word" : ""
    return "\(position): \(cells[0]) VUs, \(cells[1]) req/s, p95 \(cells[2]) ms, errors \(cells[3])\(silent)"
  }

  /// A shard writes every 2 s until its load is over.
  private func isSilent(_ progress: ShardProgress) -> Bool {
    progress.phase != .ended && now.seconds(since: progress.at) > 6
  }

  private func state(_ progress: ShardProgress) -> String {
    isSilent(progress) ? "silent \(Int(now.seconds(since: progress.at))) s" : progress.phase.rawValue
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
