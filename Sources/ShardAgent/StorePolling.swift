import Logging
import Shared

/// Waits for something in the store.
struct StorePolling: Sendable {
  let host: Host
  /// From one look to the next.
  let seconds: Double
  let stop: StopRequest
  let logger: Logger

  /// Looks until there is something. A look that fails for a reason that may pass finds nothing; any other failure, as
  /// a refusal, ends the wait.
  /// - Parameter late: why there is nothing in time; its argument is why the last look failed, as `: ...`, or empty.
  /// - Throws: what `late` gives; what a look throws; ``ShardFailure/stopped(_:)``.
  func value<Value>(
    within patience: Double, late: (String) -> ShardFailure, _ look: () async throws -> Value?
  ) async throws -> Value {
    let deadline = host.now().advanced(bySeconds: patience)
    var problem = ""
    while true {
      try stop.check()
      do {
        if let value = try await look() { return value }
        problem = ""
      } catch  where isTransient(error) {
        if problem.isEmpty {
          logger.warning("the store cannot be read at the moment", metadata: ["reason": "\(error)"])
        }
        problem = ": \(error)"
      }
      guard host.now() < deadline else { throw late(problem) }
      try await host.sleep(.seconds(seconds))
    }
  }
}
