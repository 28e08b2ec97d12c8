import Shared

/// The text of `history.csv`, read and checked. Columns are found by their names; those that this version does not know
/// stay as they are, and a column that the file does not have yet is added at its header's end.
struct HistoryTable: Sendable {
  let columns: [String]
  /// In the order of the file.
  let records: [HistoryRecord]
  let bytes: [UInt8]
  /// Of the first byte behind the header.
  private let headerEnd: Int

  static let empty = HistoryTable([] as [HistoryRecord])

  init(_ records: [HistoryRecord]) {
    (columns, self.records) = (HistoryColumn.names, records)
    let header = CSV.line(columns)
    let lines = records.map { record in CSV.line(HistoryColumn.all.map { $0.write(record) }) }
    bytes = Array((header + lines.joined()).utf8)
    headerEnd = header.utf8.count
  }

  /// - Throws: ``HistoryError`` for the first place at which it is not what a coordinator wrote.
  init(_ bytes: [UInt8]) throws(HistoryError) {
    var reader = CSVReader(bytes)
    guard let header = try Self.row(&reader) else {
      (columns, records, self.bytes, headerEnd) = (HistoryColumn.names, [], [], 0)
      return
    }
    columns = try Self.checked(header)
    headerEnd = reader.position
    let known = columns.map { HistoryColumn.byName[$0] }
    var records: [HistoryRecord] = []
    var widest = 0
    while let row = try Self.row(&reader) {
      try Self.check(row, columns: columns.count, widest: widest, isCut: reader.isCut)
      records.append(try Self.record(row, known))
      widest = max(widest, row.fields.count)
    }
    (self.records, self.bytes) = (records, bytes)
  }

  private static func row(_ reader: inout CSVReader) throws(HistoryError) -> CSVReader.Row? {
    do { return try reader.next() } catch {
      throw HistoryError(line: error.line, column: "\(error.column) (in bytes)", what: error.what)
    }
  }

  /// The file with one more row. Those that are there stay as they are, byte for byte.
  func appending(_ record: HistoryRecord) -> [UInt8] {
    let all = columns + HistoryColumn.names.filter { !columns.contains($0) }
    let header = Array(CSV.line(all).utf8)
    var file = all.count > columns.count || bytes.isEmpty ? header + bytes.dropFirst(headerEnd) : bytes
    if file.last != 10 { file += [13, 10] }
    return file + Array(CSV.line(all.map { HistoryColumn.byName[$0]?.write(record) ?? "" }).utf8)
  }

  /// Whether a run of that suite has a row.
  func contains(_ record: HistoryRecord) -> Bool {
    records.contains { $0.run == record.run && $0.suite == record.suite }
  }

  private static func checked(_ header: CSVReader.Row) throws(HistoryError) -> [String] {
    let names = header.fields
    let missing = HistoryColumn.all.filter { $0.isRequired && !names.contains($0.name) }.map(\.name)
    guard missing.isEmpty else {
      throw HistoryError(
        line: header.line,
        what:
          "the header has no column \(missing.joined(separator: ", ")): expected '\(HistoryColumn.names.prefix(4).joined(separator: ","))...', found '\(shown(names.joined(separator: ",")))'"
      )
    }
    if let twice = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 }) {
      throw HistoryError(line: header.line, what: "the header has the column '\(shown(twice.key))' twice")
    }
    return names
  }

  /// A row may be shorter than the header: columns were added since. They never go away, so it is no shorter than one
  /// before it, and a short one without a line end is one of which the rest was lost.
  private static func check(
    _ row: CSVReader.Row, columns: Int, widest: Int, isCut: Bool
  ) throws(HistoryError) {
    let count = row.fields.count
    guard count <= columns else {
      throw HistoryError(
        line: row.line, column: "\(columns + 1)",
        what: "\(count) fields: expected at most \(columns), as many as the header has")
    }
    guard count >= widest, count == columns || !isCut else {
      throw HistoryError(
        line: row.line, column: "\(count)",
        what: count < widest
          ? "\(count) fields: expected \(widest), as a row before has"
          : "the file ends in the middle of a row: expected \(columns) fields, found \(count)")
    }
  }

  /// - Parameter columns: `nil` for those of another version.
  private static func record(
    _ row: CSVReader.Row, _ columns: [HistoryColumn?]
  ) throws(HistoryError) -> HistoryRecord {
    var record = HistoryRecord(
      suite: "", run: RunID("none")!, startedAt: UTCInstant(nanoseconds: 0), verdict: .incomplete)
    for (index, column) in columns.enumerated() {
      guard let column else { continue }
      let field = index < row.fields.count ? row.fields[index] : ""
      guard field.isEmpty ? !column.isRequired : column.read(field, &record) else {
        throw HistoryError(
          line: row.line, column: "\(index + 1) (\(column.name))",
          what: "'\(shown(field))', expected \(column.expected)")
      }
    }
    return record
  }

  /// As much of what stands there as a sentence has room for.
  private static func shown(_ text: String) -> String {
    printable(String(text.unicodeScalars.prefix(60)))
  }
}

struct HistoryError: Error, Equatable, CustomStringConvertible {
  var line: Int?
  var column: String?
  let what: String

  var description: String {
    guard let line else { return what }
    let place = "\(historyKey) line \(line)" + (column.map { ", column \($0)" } ?? "")
    return
      "\(place): \(what). Nothing was changed; mend the line, or have the file made again from the stored runs: coordinator history rebuild"
  }
}
