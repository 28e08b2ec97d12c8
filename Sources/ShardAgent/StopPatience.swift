import Shared

/// How long the end of a shard may take that was told to stop. ECS kills a task's container `stopTimeout` after its
/// signal, 120 s at the most: by then k6 must be gone and the summary handed in.
struct StopPatience: Sendable {
  /// Seconds that k6 has for its own end. More than is usual after a signal counts there too: who asks for it is not on
  /// Fargate.
  let killAfter: Double
  /// Seconds besides, of the shard that runs teardown() for all.
  let teardown: Double

  /// After a signal, in seconds.
  private static let usualForK6 = 95.0
  private static let forHandIn = 15.0

  func killsAt(stoppedAt: UTCInstant, signalledAt: UTCInstant?) -> UTCInstant {
    let usual = stoppedAt.advanced(bySeconds: killAfter + teardown)
    return signalledAt.map { min(usual, k6Ends($0)) } ?? usual
  }

  func handInEnds(signalledAt: UTCInstant) -> UTCInstant {
    k6Ends(signalledAt).advanced(bySeconds: Self.forHandIn)
  }

  private func k6Ends(_ signalledAt: UTCInstant) -> UTCInstant {
    signalledAt.advanced(bySeconds: max(Self.usualForK6, killAfter))
  }
}
