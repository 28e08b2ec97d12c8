import Synchronization

/// Whether somebody asked this shard to stop, and what is to be stopped: once k6 runs, it gets one SIGTERM.
final class StopRequest: Sendable {
  private struct State {
    var reason: String?
    var k6: (any K6Control)?
  }

  private let state = Mutex(State())

  /// The reason of the first request; `nil` while there is none.
  var reason: String? { state.withLock { $0.reason } }

  var k6ProcessID: Int32? { state.withLock { $0.k6?.processID } }

  func request(_ reason: String) {
    let k6 = state.withLock { state in
      state.reason = state.reason ?? reason
      return state.k6
    }
    k6?.terminate()
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
}

/// Why a shard did not run, with its exit code.
struct ShardFailure: Error {
  let sentence: String
  let exitCode: Int32

  static func unavailable(_ sentence: String) -> ShardFailure {
    ShardFailure(sentence: sentence, exitCode: 69)
  }
  static func late(_ sentence: String) -> ShardFailure { ShardFailure(sentence: sentence, exitCode: 75) }
  static func stopped(_ reason: String) -> ShardFailure {
    ShardFailure(sentence: "it was told to stop (\(reason)) before k6 had started", exitCode: 143)
  }
}
