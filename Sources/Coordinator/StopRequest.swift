import Shared
import Synchronization

/// Whether somebody asked the run to stop, and how often: a second time means at once.
final class StopRequest: Sendable {
  private struct State {
    var reasons: [String] = []
    var waiting: [Int: (times: Int, waiter: CheckedContinuation<Void, Never>)] = [:]
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  var reason: String? { state.withLock { $0.reasons.first } }
  var count: Int { state.withLock { $0.reasons.count } }

  /// `nil` while nobody has asked for it.
  var cancellation: RunStopped? {
    reason.map { RunStopped(.cancelled, "the run was cancelled (\($0))") }
  }

  func request(_ reason: String) {
    let due = state.withLock { state in
      state.reasons.append(reason)
      let due = state.waiting.filter { $0.value.times <= state.reasons.count }
      for key in due.keys { state.waiting[key] = nil }
      return due.values.map(\.waiter)
    }
    for waiter in due { waiter.resume() }
  }

  /// Returns when it has been asked for so often, or when the waiting is cancelled.
  func wait(times: Int = 1) async {
    let number = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          if state.reasons.count >= times || Task.isCancelled { return true }
          state.waiting[number] = (times, continuation)
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { $0.waiting.removeValue(forKey: number)?.waiter }
      waiter?.resume()
    }
  }

  /// A body that is broken off as soon as somebody asks for it: a call that hangs must not hold up a cancelled job.
  /// - Returns: `nil` when it was broken off.
  func interrupting<Value: Sendable>(
    times: Int = 1, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        await self.wait(times: times)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { return nil }
      return first
    }
  }
}
