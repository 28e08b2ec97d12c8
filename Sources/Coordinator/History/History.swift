import Shared

/// `history.csv`: one line a run, appended on condition that nobody else has changed it, so that no row is ever lost, and
/// none is there twice.
struct History: Sendable {
  let store: any ObjectStore
  /// Waits a random part of that many seconds.
  let wait: @Sendable (_ seconds: Double) async throws -> Void

  /// A run that is in the file already is done: an append of which nobody heard again may have been carried out.
  /// - Throws: ``HistoryError`` when the file is not ours to append to, or somebody is always faster; what the store throws.
  func append(_ record: HistoryRecord) async throws {
    let row = Array(CSV.line(record.fields).utf8)
    var lost = 0
    var failed = 0
    while true {
      do {
        let current = try await store.get(historyKey)
        if try contains(record, current?.bytes) { return }
        let condition = current.map { PutCondition.matches(etag: $0.etag) } ?? .absent
        if try await store.put(extended(current?.bytes, by: row), at: historyKey, if: condition)
          != .conditionFailed
        {
          return
        }
        lost += 1
      } catch let error as AWSError where error.isTransient && failed < 10 {
        failed += 1
      }
      guard lost < 100 else {
        throw HistoryError(
          what:
            "\(historyKey) was changed by others \(lost) times in a row: append the run again with less going on"
        )
      }
      try await wait(longestWait(lost + failed))
    }
  }

  /// Grows while others are faster, so that however many there are, they come to take turns.
  private func longestWait(_ tries: Int) -> Double { min(2, 0.02 * Double(1 << min(tries, 10))) }

  private func extended(_ current: [UInt8]?, by row: [UInt8]) -> [UInt8] {
    var bytes = current ?? Array(CSV.line(HistoryRecord.columns).utf8)
    if bytes.last != 10 { bytes += [13, 10] }
    return bytes + row
  }

  private func contains(_ record: HistoryRecord, _ bytes: [UInt8]?) throws(HistoryError) -> Bool {
    guard let bytes else { return false }
    try check(bytes)
    let beginning = record.identity
    return bytes.split(separator: 10).contains { $0.starts(with: beginning) }
  }

  /// The first line must be the columns of this version.
  private func check(_ bytes: [UInt8]) throws(HistoryError) {
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
