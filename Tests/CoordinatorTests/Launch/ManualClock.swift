import Foundation
import Shared
import Synchronization

@testable import Coordinator

/// A clock that goes on by itself, from one sleeper to the next, whenever nothing else happens.
final class ManualClock: Sendable {
  private struct Sleeper {
    let due: Double
    let continuation: CheckedContinuation<Void, any Error>
  }
  private struct State {
    var now = 0.0
    var sleepers: [Int: Sleeper] = [:]
    /// Changes with whatever happens.
    var events = 0
  }
  private let state = Mutex(State())

  var seconds: Double { state.withLock(\.now) }
  var now: UTCInstant { Samples.instant(100 + seconds) }

  func host(_ environment: [String: String] = [:]) -> CoordinatorHost {
    CoordinatorHost(
      now: { self.now }, sleep: { try await self.sleep($0) }, environment: environment,
      randomText: { "nonce" })
  }

  /// Something happened that no sleeper shows.
  func touch() { state.withLock { $0.events += 1 } }

  func sleep(_ duration: Duration) async throws {
    let id = state.withLock { state in
      state.events += 1
      return state.events
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isCancelled = state.withLock { state in
          if Task.isCancelled { return true }
          state.sleepers[id] = Sleeper(due: state.now + duration / .seconds(1), continuation: continuation)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.events += 1
        return state.sleepers.removeValue(forKey: id)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Lets time pass until the condition holds; ten minutes of real time at the most.
  @discardableResult func run(until condition: @Sendable () async -> Bool) async -> Bool {
    let giveUp = ContinuousClock.now + .seconds(600)
    while ContinuousClock.now < giveUp {
      if await condition() { return true }
      if await isQuiet(), await !condition() { advance() }
    }
    return false
  }

  /// Looks as often as that until the condition holds; an hour of this clock at the most.
  func look(every step: Duration = .milliseconds(200), until condition: @escaping @Sendable () async -> Bool)
    async throws
  {
    let giveUp = seconds + 3600
    try await during {
      while await !condition(), self.seconds < giveUp { try await self.sleep(step) }
    }
  }

  /// Time passes while the operation runs.
  func during<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws
    -> Value
  {
    let isDone = Flag()
    let task = Task {
      defer { isDone.raise() }
      return try await operation()
    }
    await run { isDone.isRaised }
    return try await task.value
  }

  private func isQuiet() async -> Bool {
    let before = state.withLock(\.events)
    for _ in 0..<3 {
      try? await Task.sleep(for: .milliseconds(1))
      // Behind whatever waits for a thread, as many times as an answer takes to get through.
      for _ in 0..<20 { await Task.yield() }
      if state.withLock(\.events) != before { return false }
    }
    return true
  }

  private func advance() {
    let woken = state.withLock { state -> [Sleeper] in
      guard let next = state.sleepers.values.map(\.due).min() else { return [] }
      state.now = max(state.now, next)
      let due = state.sleepers.filter { $0.value.due <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      state.events += 1
      return due.values.sorted { $0.due < $1.due }
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }
}

final class Flag: Sendable {
  private let state = Mutex(false)
  var isRaised: Bool { state.withLock(\.self) }
  func raise() { state.withLock { $0 = true } }
}
