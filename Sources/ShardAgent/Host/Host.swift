import Shared

/// What the agent asks of the machine it runs on.
struct Host: Sendable {
  let now: @Sendable () -> UTCInstant
  /// Seconds of a clock that nobody sets.
  let uptime: @Sendable () -> Double
  let sleep: @Sendable (Duration) async throws -> Void
  let environment: [String: String]
  let limits: ContainerLimits
  let processorCount: Int
  /// What tells this machine, as it is booted now, from others; `nil` when it cannot be read.
  let machine: String?
  /// A file of `/proc` or `/sys`; `nil` when it is not there.
  let text: @Sendable (_ path: String) -> String?
  /// What is in a folder; nothing when it is not there.
  let names: @Sendable (_ folder: String) -> [String]
  /// The kernel counts CPU time in ticks, and memory in pages.
  let ticksPerSecond: Double
  let pageBytes: Int64
  let processID: Int32
  let randomText: @Sendable () -> String

  /// How many CPUs the agent and k6 may use.
  var cpus: Double { limits.cpus ?? Double(processorCount) }

  /// Does something for so many seconds at the most; then it is cancelled.
  func within(_ seconds: Double, _ action: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await action() }
      group.addTask { try? await sleep(.seconds(seconds)) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
