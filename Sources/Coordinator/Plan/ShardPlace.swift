import Shared

/// Who starts the shards.
enum ShardPlace: Sendable, Equatable {
  /// The coordinator, as processes beside it.
  case thisMachine
  /// The coordinator, as tasks of a cluster.
  case cluster
  /// Somebody else.
  case attached

  /// - Throws: ``UsageError`` unless there is exactly one.
  init(isLocal: Bool, isAttached: Bool, cluster: String?) throws {
    switch (isLocal, isAttached, cluster) {
    case (true, false, nil): self = .thisMachine
    case (false, true, nil): self = .attached
    case (false, false, .some): self = .cluster
    case (false, false, nil):
      throw UsageError(
        "nobody is told to start the shards: expected --local for this machine, --cluster NAME (or 'ecs: cluster:' in the configuration) for tasks of ECS, or --attach for shards that somebody else starts"
      )
    default:
      throw UsageError(
        "--local, --attach and --cluster exclude each other: expected one of them")
    }
  }

  /// - Throws: ``UsageError`` for a script that these shards cannot have.
  func check(_ script: ScriptOrigin) throws {
    guard self == .thisMachine else { return }
    if case .file = script { return }
    throw UsageError(
      "the script \(script.text) is not on this machine: --local runs a file of this machine")
  }
}
