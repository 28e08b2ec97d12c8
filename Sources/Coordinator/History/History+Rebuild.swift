import Shared

extension History {
  /// What came of making the file again.
  struct Rebuilt: Sendable {
    let runs: Int
    /// Lines that were kept, because their result.json is gone.
    let kept: Int
    /// A sentence for each result and each line that could not be read: it is not in the file.
    let problems: [String]
  }

  /// Where the file as it was is kept.
  static let beforeRebuildKey: ObjectKey = "history.csv.before-rebuild"

  /// Makes the file again from every `{run}/result.json`.
  /// - Throws: ``HistoryError`` when there is nothing to make it of, or somebody is always faster; what the store throws.
  func rebuild() async throws -> Rebuilt {
    var (records, problems) = try await recordsOfResults()
    let stored = Set(records.keys)
    var kept = 0
    var lost: [String] = []
    try await change { current in
      let (lines, unread) = HistoryTable.readable(current)
      (kept, lost) = (0, unread)
      for line in lines {
        if stored.contains(line.run) {
          records[line.run]?.issue = line.issue
        } else {
          records[line.run] = line
        }
      }
      kept = records.count - stored.count
      guard !records.isEmpty else {
        throw HistoryError(what: "there is no {run}/result.json and no line to make \(historyKey) of")
      }
      let all = records.values.sorted { ($0.startedAt, $0.run.text) < ($1.startedAt, $1.run.text) }
      return HistoryTable(all).bytes
    } before: { current in
      if !current.isEmpty { _ = try await store.put(current, at: Self.beforeRebuildKey, if: .always) }
    }
    problems += lost
    return Rebuilt(runs: records.count, kept: kept, problems: problems)
  }

  private func recordsOfResults() async throws -> ([RunID: HistoryRecord], problems: [String]) {
    let runs = try await store.list("").compactMap { key -> RunID? in
      let parts = key.text.split(separator: "/")
      return parts.count == 2 && parts[1] == "result.json" ? RunID(String(parts[0])) : nil
    }
    var records: [RunID: HistoryRecord] = [:]
    var problems: [String] = []
    for (index, record) in await inParallel(
      runs.indices, { i in await Result { try await record(of: runs[i]) } })
    {
      do { records[runs[index]] = try record.get() } catch let error as AWSError where error.isTransient {
        throw error
      } catch {
        problems.append("\(RunKeys(runs[index]).result) is left out: \(error)")
      }
    }
    return (records, problems.sorted())
  }

  private func record(of run: RunID) async throws -> HistoryRecord? {
    try await StoredRun(store: store, run: run).recorded().map { try HistoryRecord($0) }
  }
}

extension HistoryTable {
  /// What can still be read of a damaged file.
  /// - Returns: the lines, and a sentence for each that could not be read.
  static func readable(_ bytes: [UInt8]) -> ([HistoryRecord], problems: [String]) {
    do { return (try HistoryTable(bytes).records, []) } catch {}
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    guard let header = lines.first, (try? HistoryTable(header + [10])) != nil else {
      return ([], ["the header of \(historyKey) cannot be read, so no line of it was kept"])
    }
    var records: [HistoryRecord] = []
    var problems: [String] = []
    for (index, line) in lines.enumerated().dropFirst() {
      do { records += try HistoryTable(header + [10] + line + [10]).records } catch {
        let place = error.column.map { ", column \($0)" } ?? ""
        problems.append("line \(index + 1)\(place) of \(historyKey) is left out: \(error.what)")
      }
    }
    return (records, problems)
  }
}
