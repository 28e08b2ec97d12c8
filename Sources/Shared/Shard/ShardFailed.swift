/// `{run}/shard-{i}/failed.json`: an agent that came to nothing says why, because its log may be where the coordinator
/// cannot look. Written by its last strength; its absence says nothing.
package struct ShardFailed: Sendable, Codable, Equatable {
  package let run: RunID
  package let index: Int
  package let attempt: Int
  /// One sentence, secrets removed.
  package let reason: String

  package init(run: RunID, index: Int, attempt: Int, reason: String) {
    (self.run, self.index, self.attempt, self.reason) = (run, index, attempt, reason)
  }
}
