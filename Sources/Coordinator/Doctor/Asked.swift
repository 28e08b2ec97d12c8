import Shared

/// What came of a question.
enum Asked<Value: Sendable>: Sendable {
  case answer(Value)
  /// These credentials may not ask it: the permission that is missing.
  case denied(String)
  /// There is no such thing.
  case missing
  /// Why there is no answer.
  case unknown(String)

  /// An answer's own finding; without an answer it is not checked.
  /// - Parameter missing: of a thing that is not there.
  func finding(
    _ check: DoctorCheck, missing: @autoclosure () -> DoctorFinding, _ judge: (Value) -> DoctorFinding
  ) -> DoctorFinding {
    switch self {
    case .answer(let value): judge(value)
    case .missing: missing()
    case .denied(let permission): .notChecked(check, Self.denial(permission), do: Self.allow(permission))
    case .unknown(let why): .notChecked(check, why)
    }
  }

  /// For what depends on a thing that another check looks for.
  func finding(_ check: DoctorCheck, _ judge: (Value) -> DoctorFinding) -> DoctorFinding {
    finding(check, missing: .notChecked(check, "what it belongs to is not there"), judge)
  }

  var value: Value? { if case .answer(let value) = self { value } else { nil } }

  func map<Other>(_ transform: (Value) -> Asked<Other>) -> Asked<Other> {
    switch self {
    case .answer(let value): transform(value)
    case .denied(let permission): .denied(permission)
    case .missing: .missing
    case .unknown(let why): .unknown(why)
    }
  }

  static func denial(_ permission: String) -> String { "these credentials may not \(permission)" }
  static func allow(_ permission: String) -> String { "allow \(permission) to find out" }
}

extension Asked {
  /// - Parameter isMissing: whether a refusal says that there is no such thing, beyond the usual words.
  init(
    isMissing: (AWSError) -> Bool = { _ in false }, _ call: () async throws -> Value
  ) async {
    do { self = .answer(try await call()) } catch let error as AWSError {
      self =
        error.isDenial
        ? .denied(error.permission)
        : error.isAbsence || isMissing(error) ? .missing : .unknown("\(error)")
    } catch { self = .unknown("\(error)") }
  }
}

extension AWSError {
  /// Whoever asks may not.
  var isDenial: Bool {
    let codes = ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"]
    return codes.contains(code ?? "") || (code == "" && status == 403)
  }

  /// As IAM writes it.
  var permission: String {
    // The one operation whose permission has another name.
    ["s3:ListObjectsV2": "s3:ListBucket", "s3:HeadBucket": "s3:ListBucket"][call] ?? call
  }

  var isAbsence: Bool {
    let codes = ["NoSuchBucket", "NoSuchEntity", "NotFound", "ClusterNotFoundException"]
    return codes.contains(code ?? "")
      || ["NotFoundException", ".NotFound", "NoSuchResourceException"].contains {
        code?.hasSuffix($0) == true
      }
  }
}
