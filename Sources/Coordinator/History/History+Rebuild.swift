import Shared

extension History {
  /// What came of making the file again.
  struct Rebuilt: Sendable {
    let runs: Int
    /// Lines that were kept, because their result.json is gone.
    let kept: Int
    /// Where the file as it was is kept; `nil` when there was none, or nothing has changed.
    let backup: ObjectKey?
    /// A sentence for each result and each line that could not be read: it is not in the file.
    let problems: [String]
  }

  /// Where the file as it was is kept: the first of these names that is free.
  private static func backupKey(_ number: Int) -> ObjectKey {
    ObjectKey("history.csv.before-rebuild\(number == 1 ? "" : ".\(number)")")!
  }

  private func keep(_ bytes: [UInt8]) async throws -> ObjectKey {
    for number in 1...1000 {
      let key = Self.backupKey(number)
      // An answer that was lost leaves two copies, which does no harm.
      if try await store.put(bytes, at: key, if: .absent) != .conditionFailed { return key }
    }
    throw HistoryError(what: "there are 1000 copies \(Self.backupKey(1)) ...: delete those that nobody needs")
  }

  /// Makes the file again from every `{run}/result.json`.
  /// - Throws: ``HistoryError`` when there is nothing to make it of, or somebody is always faster; what the store throws.
  func rebuild() async throws -> Rebuilt {
    var (records, problems) = try await recordsOfResults()
    let stored = Set(records.keys)
    var kept = 0
    var lost: [String] = []
    var backup: ObjectKey?
    try await change { current in
      try HistoryTable.checkColumns(current)
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
      let bytes = HistoryTable(all).bytes
      return bytes == current ? nil : bytes
    } before: { current in
      if !current.isEmpty { backup = try await keep(current) }
    }
    problems += lost
    return Rebuilt(runs: records.count, kept: kept, backup: backup, problems: problems)
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
  /// A version that does not know a column cannot make it again.
  /// - Throws: ``HistoryError``.
  static func checkColumns(_ bytes: [UInt8]) throws(HistoryError) {
    let header = bytes.prefix { $0 != 10 } + [10]
    let unknown = (try? HistoryTable(Array(header)))?.columns.filter { HistoryColumn.byName[$0] == nil } ?? []
    guard unknown.isEmpty else {
      throw HistoryError(
        what:
          "\(historyKey) was not made again: it has columns that this version does not know (\(unknown.joined(separator: ", "))); rebuild it with the version that wrote them"
      )
    }
  }

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
    // A row is no narrower than one before it, and the last one may be cut.
    var anchor: ArraySlice<UInt8> = []
    for (index, line) in lines.enumerated().dropFirst() {
      let end: [UInt8] = index == lines.count - 1 ? [] : [10]
      do {
        let table = try HistoryTable(header + [10] + anchor + [10] + line + end)
        guard table.records.count > (anchor.isEmpty ? 0 : 1), let record = table.records.last else {
          continue
        }
        records.append(record)
        anchor = line
      } catch {
        let place = error.column.map { ", column \($0)" } ?? ""
        problems.append("line \(index + 1)\(place) of \(historyKey) is left out: \(error.what)")
      }
    }
    return (records, problems)
  }
}
