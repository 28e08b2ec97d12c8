import Shared

/// `history.csv`: one line a run, appended on condition that nobody else has changed it, so that no row is ever lost.
struct History: Sendable {
  let store: any ObjectStore

  /// - Throws: ``HistoryError`` when the file is not ours to append to, or somebody is always faster.
  func append(_ record: HistoryRecord) async throws {
    let header = CSV.line(HistoryRecord.columns)
    for _ in 0..<20 {
      let current = try await store.get(historyKey)
      var bytes = current?.bytes ?? Array(header.utf8)
      if let current { try check(current.bytes) }
      if bytes.last != 10 { bytes += [13, 10] }
      bytes += Array(CSV.line(record.fields).utf8)
      let outcome = try await store.put(
        bytes, at: historyKey, if: current.map { .matches(etag: $0.etag) } ?? .absent)
      if outcome != .conditionFailed { return }
    }
    throw HistoryError(
      what: "\(historyKey) was changed by others 20 times in a row: append the run again with less going on")
  }

  /// The first line must be the columns of this version.
  private func check(_ bytes: [UInt8]) throws {
    let first = String(decoding: bytes.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
    guard first == HistoryRecord.columns.joined(separator: ",") else {
      throw HistoryError(
        what:
          "\(historyKey) line 1 is not the header of this version, so nothing was appended: expected '\(HistoryRecord.columns.prefix(4).joined(separator: ","))...', found '\(first.prefix(60))'"
      )
    }
  }
}

struct HistoryError: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}
