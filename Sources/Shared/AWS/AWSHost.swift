/// What the client asks of the machine it runs on.
package struct AWSHost: Sendable {
  package let now: @Sendable () -> UTCInstant
  /// Seconds of a clock that nobody sets.
  package let uptime: @Sendable () -> Double
  package let sleep: @Sendable (_ seconds: Double) async throws -> Void
  /// From 0 to 1.
  package let random: @Sendable () -> Double
  package let readFile: @Sendable (_ path: String) throws -> [UInt8]

  package init(
    now: @escaping @Sendable () -> UTCInstant, uptime: @escaping @Sendable () -> Double,
    sleep: @escaping @Sendable (Double) async throws -> Void, random: @escaping @Sendable () -> Double,
    readFile: @escaping @Sendable (String) throws -> [UInt8]
  ) {
    (self.now, self.uptime, self.sleep, self.random, self.readFile) = (now, uptime, sleep, random, readFile)
  }
}

/// How long a call may take, and how often it is tried.
package struct AWSPatience: Sendable {
  /// All of a call's attempts, the first included.
  package var attempts = 4
  /// Seconds for one attempt; a large body gets more.
  package var attemptSeconds = 10.0
  /// Seconds since the call's beginning after which no further attempt is made.
  package var totalSeconds = 45.0
  /// What the delays between attempts are counted in, in seconds.
  package var delayUnit = 1.0

  package init() {}
}
