/// How long something bears a failure that may pass: what is worth a run must not be lost to a few seconds of 503.
package struct RetryWindow: Sendable {
  /// As long as a run waits for a store that fails.
  package static let usualSeconds = 60.0

  /// From the first failure on.
  package let seconds: Double
  /// When it is over at the latest, asked anew after every failure; `nil`: nothing says so.
  private let latest: @Sendable () -> UTCInstant?
  private let now: @Sendable () -> UTCInstant
  private let sleep: @Sendable (Duration) async throws -> Void
  /// Is told the first failure of each action.
  private let note: @Sendable (any Error) -> Void

  package init(
    seconds: Double = RetryWindow.usualSeconds,
    latest: @escaping @Sendable () -> UTCInstant? = { nil }, now: @escaping @Sendable () -> UTCInstant,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    note: @escaping @Sendable (any Error) -> Void
  ) {
    (self.seconds, self.latest) = (seconds, latest)
    (self.now, self.sleep, self.note) = (now, sleep, note)
  }

  /// Carries an action out, and again every second while it fails for a reason that may pass.
  /// - Throws: what the action throws: at once what will not pass, the last failure when the window is over, and an error
  ///   of the sleep's own when it is cancelled.
  package func callAsFunction<Value>(_ action: () async throws -> Value) async throws -> Value {
    var deadline: UTCInstant?
    while true {
      do { return try await action() } catch  where isTransient(error) {
        if deadline == nil { note(error) }
        let end = deadline ?? now().advanced(bySeconds: seconds)
        deadline = end
        guard now() < min(end, latest() ?? end), !Task.isCancelled else { throw error }
      }
      try await sleep(.seconds(1))
    }
  }
}

/// A store whose every call bears what may pass.
package struct RetryingStore: ObjectStore {
  private let store: any ObjectStore
  private let retry: RetryWindow

  package init(_ store: any ObjectStore, _ retry: RetryWindow) {
    (self.store, self.retry) = (store, retry)
  }

  package var clock: ClockQuality? { store.clock }

  package func get(_ key: ObjectKey) async throws -> StoredObject? {
    try await retry { try await store.get(key) }
  }

  package func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome
  {
    try await retry { try await store.put(bytes, at: key, if: condition) }
  }

  package func put(
    _ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition, as headers: ObjectHeaders
  ) async throws -> PutOutcome {
    try await retry { try await store.put(bytes, at: key, if: condition, as: headers) }
  }

  package func list(_ prefix: String) async throws -> [ObjectKey] {
    try await retry { try await store.list(prefix) }
  }

  package func delete(_ key: ObjectKey) async throws { try await retry { try await store.delete(key) } }
}
