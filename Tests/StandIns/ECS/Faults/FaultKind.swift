/// What can go wrong on purpose, and with which members it is said.
enum FaultKind: String, CaseIterable, Sendable {
  // To calls of an operation, by their number.
  case throttle
  case serverError = "server-error"
  /// Any other refusal.
  case error
  /// Carried out, and the connection closed without an answer.
  case cut
  /// Carried out, and answered late.
  case hang

  // To RunTask of a shard's launch.
  /// HTTP 200 with `failures`.
  case capacity
  case passRoleDenied = "pass-role-denied"
  case clusterNotFound = "cluster-not-found"
  case inactiveTaskDefinition = "inactive-task-definition"
  /// As if the token had been used with other parameters.
  case conflict

  // To the task of a shard's launch.
  case notYetVisible = "not-yet-visible"
  case neverStarts = "never-starts"
  case cannotPull = "cannot-pull"
  case resourceInitialization = "resource-initialization"
  case slowStop = "slow-stop"
  case agedOut = "aged-out"
  case clockDrift = "clock-drift"

  // To the task of a shard's launch, at a moment while it runs.
  case outOfMemory = "out-of-memory"
  case spotInterruption = "spot-interruption"
  case userStop = "user-stop"
  case terminationNotice = "termination-notice"
  case infrastructureHealth = "infrastructure-health"
  /// Killed, and MISSING for ever after.
  case lost

  enum Family { case call, launch, task, moment }

  var family: Family {
    switch self {
    case .throttle, .serverError, .error, .cut, .hang: .call
    case .capacity, .passRoleDenied, .clusterNotFound, .inactiveTaskDefinition, .conflict: .launch
    case .notYetVisible, .neverStarts, .cannotPull, .resourceInitialization, .slowStop, .agedOut, .clockDrift:
      .task
    case .outOfMemory, .spotInterruption, .userStop, .terminationNotice, .infrastructureHealth, .lost: .moment
    }
  }

  var required: [String] {
    switch self {
    case .error: ["operation", "code"]
    case .hang: ["operation", "milliseconds"]
    case .throttle, .serverError, .cut: ["operation"]
    case .notYetVisible, .slowStop, .agedOut: ["milliseconds"]
    case .neverStarts: ["state"]
    default: []
    }
  }

  var optional: [String] {
    let own: [String] =
      switch self {
      case .error: ["message", "status"]
      case .capacity: ["reason", "detail"]
      case .cannotPull, .resourceInitialization, .spotInterruption, .userStop, .terminationNotice,
        .infrastructureHealth:
        ["reason"]
      case .clockDrift: ["offsetMilliseconds", "errorBoundMilliseconds", "synchronization"]
      default: []
      }
    return own + ["shard"] + (family == .call ? ["calls"] : ["launch"])
      + (family == .moment ? ["afterMilliseconds", "whenFile"] : [])
  }
}
