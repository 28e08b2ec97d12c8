import Synchronization

/// One put of an object, and what S3's answers to it mean.
struct ConditionalPut: Sendable {
  /// Tries after 409, on top of the client's own.
  static let conflictLimit = 10

  let bytes: [UInt8]
  let key: ObjectKey
  let condition: PutCondition
  var headers = ObjectHeaders()

  enum Meaning: Equatable {
    /// 412, or 404 for the object that was to be replaced.
    case conditionFailed
    /// 409: another write of the same object was under way, so nothing was decided.
    case conflict
    case failure
  }

  func meaning(of error: AWSError) -> Meaning {
    switch (condition, error.code) {
    case (.absent, "PreconditionFailed"), (.matches, "PreconditionFailed"), (.matches, "NoSuchKey"):
      .conditionFailed
    case (.absent, "ConditionalRequestConflict"), (.matches, "ConditionalRequestConflict"): .conflict
    default: .failure
    }
  }

  func call(_ call: AWSCall, _ settings: S3Settings, patience: AWSPatience) -> AWSCall {
    var call = call
    call.request.body = bytes
    call.request.headers +=
      settings.encryptionHeaders + [("content-type", headers.contentType ?? contentType(key))]
    if let cacheControl = headers.cacheControl {
      call.request.headers.append(("cache-control", cacheControl))
    }
    switch condition {
    case .always: break
    case .absent: call.request.headers.append(("if-none-match", "*"))
    case .matches(let etag): call.request.headers.append(("if-match", etag))
    }
    // A second more for every MiB.
    call.request.timeout = .seconds(patience.attemptSeconds + Double(bytes.count) / 1_048_576)
    return call
  }
}

/// Conditional puts of which an attempt ended without a word: it may have been carried out, and a later attempt, of the
/// same call or of one by which the caller repeats it, meets its own. They stay until their outcome is known.
final class UnsettledPuts: Sendable {
  private struct Name: Hashable {
    let key: ObjectKey
    let digest: String
    let condition: String
  }
  private let names = Mutex<Set<Name>>([])

  private func name(_ put: ConditionalPut) -> Name {
    Name(key: put.key, digest: sha256(put.bytes), condition: "\(put.condition)")
  }

  func add(_ put: ConditionalPut) {
    guard put.condition != .always else { return }
    let name = name(put)
    names.withLock { _ = $0.insert(name) }
  }

  func contains(_ put: ConditionalPut) -> Bool {
    // The name is a digest of all bytes.
    if names.withLock(\.isEmpty) { return false }
    let name = name(put)
    return names.withLock { $0.contains(name) }
  }

  func remove(_ put: ConditionalPut) {
    if names.withLock(\.isEmpty) { return }
    let name = name(put)
    names.withLock { _ = $0.remove(name) }
  }
}
