import Shared

/// What the coordinator asks of the machine it runs on.
struct CoordinatorHost: Sendable {
  let now: @Sendable () -> UTCInstant
  let sleep: @Sendable (Duration) async throws -> Void
  let environment: [String: String]
  let randomText: @Sendable () -> String
}
