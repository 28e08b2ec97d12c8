import Shared

/// Which task this shard runs in, and how good its clock is.
struct TaskFacts: Sendable, Equatable {
  /// The ECS task's id, or `pid-` and the number of the agent's process.
  let id: String
  var clock: ClockQuality?
}
