import Shared
import Synchronization

/// Whether somebody asked this shard to stop, and what is to be stopped: once k6 runs, it is told once.
final class StopRequest: Sendable {
  struct Reason: Sendable, Equatable {
    let cause: StopCause
    /// As in `the run was cancelled (SIGINT)`.
    let sentence: String
  }

  private struct State {
    var reason: Reason?
    var signalledAt: UTCInstant?
    var k6: (any K6Control)?
    /// Another way to stop a k6 that is not to leave yet.
    var gently: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// The reason of the first request; `nil` while there is none.
  var reason: Reason? { state.withLock { $0.reason } }

  /// When the first signal came, also where something else had asked for the stop before.
  var signalledAt: UTCInstant? { state.withLock(\.signalledAt) }

  var k6ProcessID: Int32? { state.withLock { $0.k6?.processID } }

  /// The first one counts, and acts.
  func request(_ cause: StopCause, _ sentence: String) {
    let first: State? = state.withLock { state in
      guard state.reason == nil else { return nil }
      state.reason = Reason(cause: cause, sentence: sentence)
      return state
    }
    if let gently = first?.gently { gently() } else { first?.k6?.terminate() }
  }

  func signal(_ name: String, at now: UTCInstant) {
    state.withLock { $0.signalledAt = $0.signalledAt ?? now }
    request(.signal, name)
  }

  /// - Throws: ``ShardFailure/stopped(_:)``.
  func check() throws {
    if let reason { throw ShardFailure.stopped(reason) }
  }

  /// The last resort, when k6 does not go by itself.
  func kill() { state.withLock { $0.k6 }?.kill() }

  /// k6 has started: it is stopped by a request, one that came before included.
  func attach(_ k6: any K6Control) {
    let isRequested = state.withLock { state in
      state.k6 = k6
      return state.reason != nil
    }
    if isRequested { k6.terminate() }
  }

  /// From here on a request ends k6's load, not k6: it has a teardown() before it. ``letGo()`` ends it then.
  func stopGently(_ stop: @escaping @Sendable () -> Void) {
    let isRequested = state.withLock { state in
      state.gently = stop
      return state.reason != nil
    }
    if isRequested { stop() }
  }

  /// A k6 that lingers at its end may leave.
  func letGo() { state.withLock { $0.k6 }?.terminate() }
}

/// Why a shard did not run, with its exit code.
struct ShardFailure: Error {
  let sentence: String
  let exitCode: Int32

  static func unavailable(_ sentence: String) -> ShardFailure {
    ShardFailure(sentence: sentence, exitCode: 69)
  }
  static func late(_ sentence: String) -> ShardFailure { ShardFailure(sentence: sentence, exitCode: 75) }
  static func stopped(_ reason: StopRequest.Reason) -> ShardFailure {
    ShardFailure(sentence: "it was told to stop (\(reason.sentence)) before k6 had started", exitCode: 143)
  }
}
