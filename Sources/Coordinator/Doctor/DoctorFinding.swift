/// What one check found.
struct DoctorFinding: Sendable, Equatable, Encodable {
  enum Outcome: String, Sendable, CaseIterable, Encodable {
    case ok, fault, warning
    /// Nobody knows. Never the same as ok.
    case notChecked = "not checked"
  }

  let check: DoctorCheck
  let outcome: Outcome
  let found: String
  /// What to do about it.
  var advice: String?

  private enum CodingKeys: String, CodingKey {
    case check = "id"
    case outcome, found, advice
  }

  static func ok(_ check: DoctorCheck, _ found: String) -> DoctorFinding {
    DoctorFinding(check: check, outcome: .ok, found: found)
  }

  static func fault(_ check: DoctorCheck, _ found: String, do advice: String?) -> DoctorFinding {
    DoctorFinding(check: check, outcome: .fault, found: found, advice: advice)
  }

  static func warning(_ check: DoctorCheck, _ found: String, do advice: String?) -> DoctorFinding {
    DoctorFinding(check: check, outcome: .warning, found: found, advice: advice)
  }

  static func notChecked(_ check: DoctorCheck, _ why: String, do advice: String? = nil) -> DoctorFinding {
    DoctorFinding(check: check, outcome: .notChecked, found: why, advice: advice)
  }
}
