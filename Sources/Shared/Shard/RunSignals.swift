/// Who runs setup() and teardown().
package enum SetupMode: String, Sendable, Codable, CaseIterable {
  /// Shard 0, once for the grid.
  case once
  /// Every shard its own, as k6 does by itself.
  case perShard = "per-shard"
}

/// `{run}/setup.json`: what setup() returned on shard 0. A secret: deleted as soon as every shard has it.
package struct SetupData: Sendable, Codable, Equatable {
  package let shard: ShardIdentity
  /// As JSON text, as k6 gave it; `nil` when setup() returned nothing, or there is none.
  package let json: String?

  package init(shard: ShardIdentity, json: String?) { (self.shard, self.json) = (shard, json) }
}

/// `{run}/start.json`: the instant at which every shard un-pauses.
package struct StartSignal: Sendable, Codable, Equatable {
  package let nonce: String
  package let startAt: UTCInstant

  package init(nonce: String, startAt: UTCInstant) { (self.nonce, self.startAt) = (nonce, startAt) }

  private enum CodingKeys: String, CodingKey {
    case nonce
    case startAt = "start_at"
  }
}

/// `{run}/alive.json`: the coordinator counts up while it lives.
package struct AliveSignal: Sendable, Codable, Equatable {
  package let nonce: String
  package let counter: Int

  package init(nonce: String, counter: Int) { (self.nonce, self.counter) = (nonce, counter) }

  /// Seconds from one to the next: four within the time after which the shards would stop.
  package static func interval(deadMan: Double) -> Double { min(5, deadMan / 4) }
}

/// `{run}/stop.json`: every shard stops now and hands in what it has. The first one stands.
package struct StopSignal: Sendable, Codable, Equatable {
  package let nonce: String
  package let cause: StopCause
  /// One sentence.
  package let reason: String
  package let at: UTCInstant

  package init(nonce: String, cause: StopCause, reason: String, at: UTCInstant) {
    (self.nonce, self.cause, self.reason, self.at) = (nonce, cause, reason, at)
  }
}

/// Why a run, or a shard of it, was stopped before its time.
package enum StopCause: String, Sendable, Codable {
  /// A threshold with abortOnFail was crossed: the run has failed.
  case threshold
  /// A part of the run did not start: the rest would say nothing.
  case broken
  /// The script called test.abort() on one shard, which ends the whole test.
  case script
  /// `--max-duration`, or longer than k6 itself allows.
  case deadline
  /// Ctrl-C or SIGTERM to the coordinator.
  case cancelled
  /// `coordinator stop`.
  case command
  /// The shard saw no sign of its coordinator.
  case lostCoordinator = "lost_coordinator"
  /// SIGTERM or Ctrl-C to the shard itself.
  case signal
}

/// `{run}/teardown.json`: every other shard has ended its load or is gone, so shard 0 runs teardown().
package struct TeardownSignal: Sendable, Codable, Equatable {
  package let nonce: String

  package init(nonce: String) { self.nonce = nonce }
}

/// `{run}/shard-{i}/ended.json`: this shard's load is over; k6 may still be at its teardown.
package struct ShardEnded: Sendable, Codable {
  package let shard: ShardIdentity
  package let endedAt: UTCInstant
  /// The script called test.abort(), which ends the whole test.
  package let wasAborted: Bool

  package init(shard: ShardIdentity, endedAt: UTCInstant, wasAborted: Bool = false) {
    (self.shard, self.endedAt, self.wasAborted) = (shard, endedAt, wasAborted)
  }

  private enum CodingKeys: String, CodingKey {
    case shard
    case endedAt = "ended_at"
    case wasAborted = "was_aborted"
  }
}
