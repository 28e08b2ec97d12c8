import FoundationEssentials
import Shared

/// What is asked of ECS for a shard.
struct ECSTaskPlan: Sendable {
  let options: ECSOptions
  let plan: RunPlan
  let store: StoreLocation

  var startedBy: String { ecsStartedBy(suite: plan.suite, run: plan.run, store: store) }

  /// ECS takes this many characters of overrides, JSON and all.
  static let mostOverrides = 8192

  /// - Parameter number: which try of this launch. ECS remembers a token with what came of it, refusals too: the same one
  ///   asks what became of the last try, another one asks anew.
  func request(_ shard: ShardSpec, number: Int, on placement: ECSPlacement) -> ECSRunTask {
    var (launchType, strategy): (String?, [ECSRunTask.Provider]?) = (nil, nil)
    switch placement {
    case .launchType(let type): launchType = type
    case .provider(let name): strategy = [.init(capacityProvider: name)]
    }
    return ECSRunTask(
      cluster: options.cluster, taskDefinition: options.taskDefinition, launchType: launchType,
      capacityProviderStrategy: strategy, platformVersion: options.platformVersion,
      networkConfiguration: .init(
        awsvpcConfiguration: .init(
          subnets: options.subnets,
          securityGroups: options.securityGroups.isEmpty ? nil : options.securityGroups,
          assignPublicIp: options.assignPublicIP ? "ENABLED" : "DISABLED")),
      overrides: overrides(shard), startedBy: startedBy, clientToken: token(shard, number), tags: tags(shard))
  }

  /// 1 to 64 characters of ASCII, in this cluster for this run alone: the nonce is random.
  private func token(_ shard: ShardSpec, _ number: Int) -> String {
    let digest = sha256(Array("\(startedBy) \(plan.nonce)".utf8)).prefix(16)
    return "\(plan.run.text.prefix(24)).\(shard.index).\(shard.attempt).\(number).\(digest)"
  }

  /// Sorted: a token may only ever come with the same request.
  private func overrides(_ shard: ShardSpec) -> ECSOverrides {
    let command = ["run"] + (shard.k6Options.isEmpty ? [] : ["--"] + shard.k6Options)
    let variables = variables(shard).sorted { $0.key < $1.key }.map {
      ECSOverrides.Variable(name: $0.key, value: $0.value)
    }
    return ECSOverrides(
      containerOverrides: [.init(name: options.container, command: command, environment: variables)],
      cpu: options.cpu, memory: options.memory)
  }

  private func variables(_ shard: ShardSpec) -> [String: String] {
    var variables = shard.environment
    if !shard.script.isEmpty { variables["GRID_SCRIPT"] = shard.script }
    if !options.secrets.isEmpty { variables["GRID_SECRETS"] = options.secrets.joined(separator: ",") }
    return variables
  }

  private func tags(_ shard: ShardSpec) -> [ECSRunTask.Tag] {
    let own = [
      "k6-grid": gridVersion, "k6-grid:run": plan.run.text, "k6-grid:suite": plan.suite,
      "k6-grid:shard": "\(shard.index)", "k6-grid:attempt": "\(shard.attempt)",
    ]
    return options.tags.merging(own) { $1 }.sorted { $0.key < $1.key }.map {
      .init(key: $0.key, value: $0.value)
    }
  }

  /// - Throws: ``UsageError`` when ECS could not take what the shard is to be told.
  func check(_ shard: ShardSpec) throws {
    let size = try JSON.size(overrides(shard))
    guard size > Self.mostOverrides else { return }
    var parts = variables(shard).map { ("\($0.key) (\($0.key.count + $0.value.count))", $0.value.count) }
    parts.append(("the k6 options (\(shard.k6Options.joined().count))", shard.k6Options.joined().count))
    let biggest = parts.sorted { ($0.1, $1.0) > ($1.1, $0.0) }.prefix(3).map(\.0).joined(separator: ", ")
    throw UsageError(
      "the environment and the k6 options of shard \(shard.index) take \(size) characters, and ECS takes \(Self.mostOverrides) (RunTask's overrides); the biggest are \(biggest): put what is large into a file beside the script"
    )
  }

  private enum JSON {
    static func size(_ value: some Encodable) throws -> Int {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return String(decoding: try encoder.encode(value), as: UTF8.self).utf16.count
    }
  }
}

/// By which a run's tasks are found, its coordinator there or not: `k6-grid/checkout/2026-11-23_2/0a1b2c3d4e5f`. ECS takes
/// 128 letters, digits, `-`, `/` and `_`; the digest keeps apart what would read alike, and other stores' runs.
func ecsStartedBy(suite: String, run: RunID, store: StoreLocation) -> String {
  let digest = sha256(Array("\(store)\n\(suite)\n\(run)".utf8)).prefix(12)
  let readable = [suite, run.text].map { String($0.map { $0 == "." ? "_" : $0 }.prefix(48)) }
  return "k6-grid/\(readable[0])/\(readable[1])/\(digest)"
}
