/// Who runs a k6's setup() and teardown().
enum K6Hooks: Sendable {
  /// k6, at its start and its end.
  case own
  /// Nobody here: another shard does.
  case none
  /// The agent, when the grid is ready for it; k6 waits for it at its end.
  case onDemand

  /// Behind the user's own flags, so that they win.
  var flags: [String] {
    switch self {
    case .own: []
    case .none: ["--no-setup", "--no-teardown"]
    case .onDemand: ["--no-setup", "--no-teardown", "--linger"]
    }
  }
}

extension ShardContext {
  var hooks: K6Hooks { ownsSetup ? .onDemand : sharesSetup ? .none : .own }
}
