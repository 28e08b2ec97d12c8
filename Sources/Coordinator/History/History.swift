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
    try await change { current in
      let table = try HistoryTable(current)
      return table.contains(record) ? nil : table.appending(record)
    }
  }

  /// - Throws: ``HistoryError``; what the store throws.
  func records() async throws -> [HistoryRecord] {
    try HistoryTable(try await store.get(historyKey)?.bytes ?? []).records
  }

  /// Reads, changes and writes until nobody else has been faster.
  /// - Parameters:
  ///   - change: what the file is to be; `nil` when there is nothing to do.
  ///   - before: called with what is there, before it is written over.
  func change(
    _ change: ([UInt8]) throws -> [UInt8]?, before: ([UInt8]) async throws -> Void = { _ in }
  ) async throws {
    var lost = 0
    var failed = 0
    while true {
      do {
        let current = try await store.get(historyKey)
        guard let bytes = try change(current?.bytes ?? []) else { return }
        try await before(current?.bytes ?? [])
        let condition = current.map { PutCondition.matches(etag: $0.etag) } ?? .absent
        if try await store.put(bytes, at: historyKey, if: condition) != .conditionFailed { return }
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
}
