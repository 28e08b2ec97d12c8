import Shared

extension HistoryTable {
  /// The file with an issue's number in a run's row. All others stay as they are, byte for byte.
  /// - Returns: `nil` when there is nothing to change: the number is there, or the file has no such row or column.
  func settingIssue(_ issue: Int, of run: RunID) -> [UInt8]? {
    guard let index = records.lastIndex(where: { $0.run == run }), records[index].issue != issue,
      let column = columns.firstIndex(of: "issue_number")
    else { return nil }
    var reader = CSVReader(bytes)
    // The header, and the rows before. The file was read before, so it reads again.
    for _ in 0...index { _ = try? reader.next() }
    let start = reader.position
    guard var fields = try? reader.next()?.fields else { return nil }
    while fields.count <= column { fields.append("") }
    fields[column] = "\(issue)"
    return Array(bytes[..<start]) + Array(CSV.line(fields).utf8) + bytes[reader.position...]
  }
}

extension History {
  /// A run's line also says which issue speaks of it.
  /// - Throws: ``HistoryError``; what the store throws.
  func setIssue(_ issue: Int, of run: RunID) async throws {
    try await change { try HistoryTable($0).settingIssue(issue, of: run) }
  }
}
