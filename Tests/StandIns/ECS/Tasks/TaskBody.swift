import Glibc

/// What a task runs as: a process of this machine, or a container.
protocol TaskBody: Sendable {
  /// 128 and the signal's number when one killed it, as a container runtime says it; `nil` while it runs.
  var exitCode: Int32? { get }
  /// Why it ended, where the runtime knows more than a code.
  var endReason: String? { get }
  /// `nil` of a container.
  var processID: pid_t? { get }
  /// SIGTERM, to the first process alone.
  func terminate()
  /// Everything of the task, as when a container's first process is gone.
  func killAll()
  /// The stand-in itself ends: nothing may be left.
  func discard()
}

/// Why a task's container could not be started.
struct StartFailure: Error {
  /// In Fargate's words.
  let reason: String

  init(reason: String) { self.reason = reason }
  init(_ message: String) {
    reason = "CannotStartContainerError: failed to start container: \(message)"
  }
}
