import Shared

/// Runs of one profile can be compared: the script's files, the load that k6 made of its options, and the number of
/// shards are the same. 12 hexadecimal digits.
/// - Returns: `nil` when no shard handed in what it ran.
func profile(_ plan: RunPlan, _ script: ScriptPlan?, scriptDigest: String?) -> String? {
  if let named = plan.trend?.profile { return named }
  guard let script, let digest = plan.scriptDigest ?? scriptDigest else { return nil }
  let files = (plan.files ?? []).map { "\($0.path) \($0.digest)" }.sorted()
  let scenarios = script.scenarios.map { scenario in
    "\(scenario.name) \(scenario.executor) \(scenario.load ?? "")"
  }
  let all = [digest, "\(plan.shardCount)", "\(script.maxVUs)"] + files + scenarios
  return String(sha256(Array(all.joined(separator: "\n").utf8)).prefix(12))
}
