import Shared

/// The text of `history.csv`, read and checked. Columns are found by their names; those that this version does not know
/// stay as they are, and a column that the file does not have yet is added at its header's end.
struct HistoryTable: Sendable {
  let columns: [String]
  /// In the order of the file.
  let records: [HistoryRecord]
  let bytes: [UInt8]

  static let empty = HistoryTable([] as [HistoryRecord])

  init(_ records: [HistoryRecord]) {
    (columns, self.records) = (HistoryColumn.names, records)
    let lines = [columns] + records.map { record in HistoryColumn.all.map { $0.write(record) } }
    bytes = lines.flatMap { Array(CSV.line($0).utf8) }
  }

  /// - Throws: ``HistoryError`` for the first place at which it is not what a coordinator wrote.
  init(_ bytes: [UInt8]) throws(HistoryError) {
    var reader = CSVReader(bytes)
    guard let header = try Self.row(&reader) else {
      (columns, records, self.bytes) = (HistoryColumn.names, [], [])
      return
    }
    columns = try Self.checked(header)
    var records: [HistoryRecord] = []
    while let row = try Self.row(&reader) { records.append(try Self.record(row, columns)) }
    (self.records, self.bytes) = (records, bytes)
  }

  private static func row(_ reader: inout CSVReader) throws(HistoryError) -> CSVReader.Row? {
    do { return try reader.next() } catch {
      throw HistoryError(line: error.line, column: "\(error.column)", what: error.what)
    }
  }

  /// The file with one more row. Those that are there stay as they are, byte for byte.
  func appending(_ record: HistoryRecord) -> [UInt8] {
    let all = columns + HistoryColumn.names.filter { !columns.contains($0) }
    let row = Array(CSV.line(all.map { HistoryColumn.byName[$0]?.write(record) ?? "" }).utf8)
    var file = bytes.isEmpty ? Array(CSV.line(all).utf8) : bytes
    if !bytes.isEmpty, all.count > columns.count {
      let rest = file.drop { $0 != 10 }
      file = Array(CSV.line(all).utf8) + rest.dropFirst()
    }
    if file.last != 10 { file += [13, 10] }
    return file + row
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
          "the header has no column \(missing.joined(separator: ", ")): expected '\(HistoryColumn.names.prefix(4).joined(separator: ","))...', found '\(names.joined(separator: ",").prefix(60))'"
      )
    }
    if let twice = Dictionary(grouping: names, by: \.self).first(where: { $0.value.count > 1 }) {
      throw HistoryError(line: header.line, what: "the header has the column '\(twice.key)' twice")
    }
    return names
  }

  /// A row may be shorter than the header: columns were added since.
  private static func record(
    _ row: CSVReader.Row, _ columns: [String]
  ) throws(HistoryError) -> HistoryRecord {
    guard row.fields.count <= columns.count else {
      throw HistoryError(
        line: row.line, column: "\(columns.count + 1)",
        what: "\(row.fields.count) fields: expected at most \(columns.count), as many as the header has")
    }
    var record = HistoryRecord(
      suite: "", run: RunID("none")!, startedAt: UTCInstant(nanoseconds: 0), verdict: .incomplete)
    for (index, name) in columns.enumerated() {
      guard let column = HistoryColumn.byName[name] else { continue }
      let field = index < row.fields.count ? row.fields[index] : ""
      guard field.isEmpty ? !column.isRequired : column.read(field, &record) else {
        throw HistoryError(
          line: row.line, column: "\(index + 1) (\(name))",
          what: "'\(field.prefix(60))', expected \(column.expected)")
      }
    }
    return record
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
