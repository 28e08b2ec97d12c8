import Shared

/// Everything that was found, for people and for programs.
struct DoctorReport: Sendable {
  /// In the order of ``DoctorCheck``.
  let findings: [DoctorFinding]

  init(_ findings: [DoctorFinding]) {
    let places = Dictionary(uniqueKeysWithValues: DoctorCheck.allCases.enumerated().map { ($1, $0) })
    self.findings = findings.sorted { places[$0.check] ?? 0 < places[$1.check] ?? 0 }
  }

  func count(_ outcome: DoctorFinding.Outcome) -> Int { findings.count { $0.outcome == outcome } }

  /// 1 when something would make a run fail.
  var exitCode: Int32 { count(.fault) > 0 ? 1 : 0 }

  var text: String {
    let widest = findings.map(\.check.rawValue.count).max() ?? 0
    let lines = findings.flatMap { finding -> [String] in
      let mark = finding.outcome == .fault ? "FAULT" : finding.outcome.rawValue
      let head = "\(padded(mark, 11))  \(padded(finding.check.rawValue, widest))"
      let advice = finding.advice.map { "\(padded("", head.count))    -> \($0.onOneLine(1000))" }
      return ["\(head)  \(finding.found.onOneLine(1000))"] + (advice.map { [$0] } ?? [])
    }
    return (lines + ["", sentence]).map { "\($0)\n" }.joined()
  }

  private var sentence: String {
    let rest =
      "\(counted(count(.warning), "warning")), \(count(.notChecked)) not checked, \(count(.ok)) ok"
    return count(.fault) == 0
      ? "No fault was found: \(rest)." : "\(counted(count(.fault), "fault")): \(rest)."
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension DoctorReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schema, faults, warnings, checks
    case notChecked = "not_checked"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(1, forKey: .schema)
    try container.encode(count(.fault), forKey: .faults)
    try container.encode(count(.warning), forKey: .warnings)
    try container.encode(count(.notChecked), forKey: .notChecked)
    try container.encode(findings, forKey: .checks)
  }
}
