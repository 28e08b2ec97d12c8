/// `{run}/run.json`: the plan, written once by the coordinator. Every later object repeats the nonce, so that
/// objects of another run under the same prefix are told apart.
package struct RunPlan: Sendable, Codable, Equatable {
  package let schema: Int
  package let run: RunID
  package let nonce: String
  package let suite: String
  package let shardCount: Int
  /// The script's name: of the file, or where it is to be fetched from.
  package let script: String
  /// The SHA-256 of the script's file in hexadecimal; `nil` when the coordinator has not seen it (it lies in the image,
  /// or in a bucket). Then the shards' own must agree.
  package let scriptDigest: String?
  /// The script and what it imports and opens, when they came with the run; then `script` is one of their paths.
  package var files: [ScriptFile]?
  package let createdAt: UTCInstant
  package let commit: String?
  package let ref: String?
  package let workflowRunURL: String?
  package var setup = SetupMode.perShard
  /// Seconds without a sign of the coordinator after which a shard stops by itself; `nil` where there is none.
  package var deadManSeconds: Double?
  /// By which the generators are judged; `nil` in a run without a coordinator: then the usual ones.
  package let generatorLimits: GeneratorLimits?
  /// The tags that the configuration's thresholds select by: k6 has to be told before it starts. `nil` when they are
  /// not known.
  package let thresholdTags: [String]?
  /// Which of GitHub's tries of the workflow run it is.
  package var workflowAttempt: Int?
  /// What was shipped with the commit, as `v2.41`.
  package var release: String?
  /// How the run is held against the nights before it.
  package var trend: TrendRules?
  /// The number of the pull request for which it runs; then ``commit`` is that one's head.
  package var pullRequest: Int?

  package init(
    run: RunID, nonce: String, suite: String, shardCount: Int, script: String, scriptDigest: String?,
    createdAt: UTCInstant, commit: String? = nil, ref: String? = nil, workflowRunURL: String? = nil,
    generatorLimits: GeneratorLimits? = nil, thresholdTags: [String]? = nil
  ) {
    schema = contractSchema
    (self.run, self.nonce, self.suite, self.shardCount) = (run, nonce, suite, shardCount)
    (self.script, self.scriptDigest, self.createdAt) = (script, scriptDigest, createdAt)
    (self.commit, self.ref, self.workflowRunURL) = (commit, ref, workflowRunURL)
    self.generatorLimits = generatorLimits
    self.thresholdTags = thresholdTags
  }

  /// - Throws: `DecodingError`, also for another schema and for a number of shards that cannot be.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    schema = try container.decode(Int.self, forKey: .schema)
    shardCount = try container.decode(Int.self, forKey: .shardCount)
    guard schema == contractSchema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container, debugDescription: "expected \(contractSchema)")
    }
    guard (1...10_000).contains(shardCount) else {
      throw DecodingError.dataCorruptedError(
        forKey: .shardCount, in: container, debugDescription: "expected 1 to 10000")
    }
    run = try container.decode(RunID.self, forKey: .run)
    nonce = try container.decode(String.self, forKey: .nonce)
    suite = try container.decode(String.self, forKey: .suite)
    script = try container.decode(String.self, forKey: .script)
    scriptDigest = try container.decodeIfPresent(String.self, forKey: .scriptDigest)
    files = try container.decodeIfPresent([ScriptFile].self, forKey: .files)
    createdAt = try container.decode(UTCInstant.self, forKey: .createdAt)
    commit = try container.decodeIfPresent(String.self, forKey: .commit)
    ref = try container.decodeIfPresent(String.self, forKey: .ref)
    workflowRunURL = try container.decodeIfPresent(String.self, forKey: .workflowRunURL)
    setup = try container.decodeIfPresent(SetupMode.self, forKey: .setup) ?? .perShard
    deadManSeconds = try container.decodeIfPresent(Double.self, forKey: .deadManSeconds)
    guard deadManSeconds.map({ $0 >= 1 && $0 <= 86_400 }) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .deadManSeconds, in: container, debugDescription: "expected 1 to 86400")
    }
    generatorLimits = try container.decodeIfPresent(GeneratorLimits.self, forKey: .generatorLimits)
    thresholdTags = try container.decodeIfPresent([String].self, forKey: .thresholdTags)
    workflowAttempt = try container.decodeIfPresent(Int.self, forKey: .workflowAttempt)
    release = try container.decodeIfPresent(String.self, forKey: .release)
    trend = try container.decodeIfPresent(TrendRules.self, forKey: .trend)
    pullRequest = try container.decodeIfPresent(Int.self, forKey: .pullRequest)
  }

  private enum CodingKeys: String, CodingKey {
    case schema, run, nonce, suite, script, files, commit, ref, setup, release, trend
    case workflowAttempt = "workflow_attempt"
    case pullRequest = "pull_request"
    case deadManSeconds = "dead_man_seconds"
    case shardCount = "shard_count"
    case scriptDigest = "script_sha256"
    case createdAt = "created_at"
    case workflowRunURL = "workflow_run_url"
    case generatorLimits = "generator_limits"
    case thresholdTags = "threshold_tags"
  }
}

/// How a run is held against the nights before it: as it was configured, so that judging it again comes to the same.
package struct TrendRules: Sendable, Codable, Equatable {
  /// Runs of this branch are the nights; `nil` when it is not known.
  package var branch: String?
  /// `quiet`, `normal` or `keen`; `nil` for `normal`.
  package var sensitivityName: String?
  /// A name for the profile, in place of what the script and its load say.
  package var profile: String?

  package init(branch: String? = nil, sensitivityName: String? = nil, profile: String? = nil) {
    (self.branch, self.sensitivityName, self.profile) = (branch, sensitivityName, profile)
  }

  private enum CodingKeys: String, CodingKey {
    case branch, profile
    case sensitivityName = "sensitivity"
  }
}

/// The version of every document in the store. It changes only when a member changes its meaning.
package let contractSchema = 1

/// Who wrote an object under `shard-{i}/`: only the current attempt of the current run counts.
package struct ShardIdentity: Sendable, Codable, Equatable {
  package let run: RunID
  package let nonce: String
  package let index: Int
  package let count: Int
  /// Which launch try of this shard, from 1.
  package let attempt: Int
  /// The ECS task's id, or `pid-<number>` of the agent's process.
  package let task: String

  package init(run: RunID, nonce: String, index: Int, count: Int, attempt: Int, task: String) {
    (self.run, self.nonce, self.index, self.count) = (run, nonce, index, count)
    (self.attempt, self.task) = (attempt, task)
  }
}

/// `{run}/shard-{i}/ready.json`: k6 has initialised its VUs and is paused. Written a second time when setup() has run
/// once for the grid and this shard's k6 has what it returned.
package struct ShardReady: Sendable, Codable {
  package let shard: ShardIdentity
  package let k6Version: String
  package let scriptDigest: String
  package let script: ScriptPlan
  package let readyAt: UTCInstant
  package let hasSetup: Bool
  /// `nil` where nothing tells.
  package var clock: ClockQuality?

  package init(
    shard: ShardIdentity, k6Version: String, scriptDigest: String, script: ScriptPlan, readyAt: UTCInstant,
    hasSetup: Bool = false
  ) {
    (self.shard, self.k6Version, self.scriptDigest) = (shard, k6Version, scriptDigest)
    (self.script, self.readyAt, self.hasSetup) = (script, readyAt, hasSetup)
  }

  private enum CodingKeys: String, CodingKey {
    case shard, script, clock
    case k6Version = "k6_version"
    case scriptDigest = "script_sha256"
    case readyAt = "ready_at"
    case hasSetup = "has_setup"
  }
}

/// `{run}/thresholds.json`: the configuration's and the script's thresholds together.
package struct RunThresholds: Sendable, Codable, Equatable {
  package let nonce: String
  package let thresholds: [ScriptPlan.Threshold]

  package init(nonce: String, thresholds: [ScriptPlan.Threshold]) {
    (self.nonce, self.thresholds) = (nonce, thresholds)
  }
}
