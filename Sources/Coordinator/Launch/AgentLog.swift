import Shared

/// The last error in an agent's log, which has one JSON object a line.
func agentsLastError(_ log: [UInt8]) -> String? {
  struct Record: Decodable {
    let message: String
    let reason: String?
  }
  let lines = String(decoding: log.suffix(64 << 10), as: UTF8.self).split(separator: "\n").map(String.init)
  guard let line = lines.last(where: { $0.contains("\"level\":\"error\"") }),
    let record = try? decoded(Record.self, from: Array(line.utf8), name: "log")
  else { return nil }
  return record.reason ?? record.message
}
