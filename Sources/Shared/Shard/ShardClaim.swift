/// `{run}/shard-{i}/claim.json`: a task that was told no index has taken this one. Created on condition that it is
/// absent; it stays.
package struct ShardClaim: Sendable, Codable, Equatable {
  package let nonce: String
  /// As in ``ShardIdentity``.
  package let task: String
  package let claimedAt: UTCInstant

  package init(nonce: String, task: String, claimedAt: UTCInstant) {
    (self.nonce, self.task, self.claimedAt) = (nonce, task, claimedAt)
  }

  private enum CodingKeys: String, CodingKey {
    case nonce, task
    case claimedAt = "claimed_at"
  }
}
