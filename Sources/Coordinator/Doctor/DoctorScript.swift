import Shared

/// What is known of the script on this machine.
struct DoctorScript: Sendable {
  enum Files: Sendable {
    /// All that is sent with the run, or the script alone.
    case there([String])
    /// In the image or in a bucket.
    case elsewhere
    /// Why it cannot be run.
    case unusable(String)
  }

  let options: RunOptions
  let files: Files
  /// `nil` without a script of this machine.
  let inspection: InspectionAnswer?
  /// As `1.1.0`; a sentence when there is none.
  let k6: Asked<String>

  var findings: [DoctorFinding] { [file, plan, version, shards, thresholds.finding] }

  private var file: DoctorFinding {
    switch files {
    case .there(let texts):
      .ok(.scriptFile, "\(options.script) is there, one of \(counted(texts.count, "file"))")
    case .elsewhere: .notChecked(.scriptFile, "\(options.script) is not on this machine")
    case .unusable(let why):
      .fault(.scriptFile, why, do: "name the script: --script, or script: in the configuration")
    }
  }

  private var plan: DoctorFinding {
    switch inspection {
    case .plan(let plan):
      let names = plan.scenarios.map(\.name).joined(separator: ", ")
      let length = plan.plannedSeconds.map { ", \(Int($0)) s" } ?? ""
      return .ok(.scriptPlan, "k6 reads it: \(names), \(counted(plan.maxVUs, "VU"))\(length)")
    // The agent's word for what k6 itself says of the script.
    case .failed(let why) where why.contains("k6 cannot read the script"):
      return .fault(
        .scriptPlan, why, do: "correct the script, or give the variables that it needs: --env, env:")
    case .failed(let why):
      return .notChecked(
        .scriptPlan, why, do: "install k6 and the agent here to have the script checked before it runs")
    case .cancelled: return .notChecked(.scriptPlan, "it was cancelled")
    case nil: return .notChecked(.scriptPlan, "the script is not on this machine")
    }
  }

  /// Which ones the programs are made for.
  private static let versions = "0.57 to 2.2"

  private var version: DoctorFinding {
    k6.finding(.k6Version, missing: .notChecked(.k6Version, "there is no k6 on this machine (K6_BIN, PATH)"))
    {
      version in
      let parts = version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? -1 }
      let (major, minor) = (parts.first ?? -1, parts.count > 1 ? parts[1] : -1)
      let isKnown = major == 1 || (major == 0 && minor >= 57) || (major == 2 && (0...2).contains(minor))
      guard isKnown else {
        return .warning(
          .k6Version, "k6 here is \(version), and k6-grid is made for \(Self.versions)",
          do: "install one of these; what counts is the k6 in the tasks' image")
      }
      return .ok(.k6Version, "k6 here is \(version); the tasks' image has its own")
    }
  }

  private var shards: DoctorFinding {
    guard case .plan(let plan) = inspection else {
      return .notChecked(.shards, "how many VUs the scenarios have is not known")
    }
    let capacity = ShardCapacity(plan: plan, script: options.scriptName)
    switch options.shards {
    case .exactly(let count):
      if let refusal = capacity.refusal(count) {
        return .fault(.shards, "\(refusal)", do: "take fewer shards, or give the scenario more VUs")
      }
      guard plan.maxShards != nil else {
        return .notChecked(.shards, "k6 does not say how many VUs the scenarios have")
      }
      return .ok(.shards, "every scenario has VUs for \(counted(count, "shard"))")
    case .auto:
      guard let count = capacity.shardsByItself else {
        return .fault(
          .shards, "k6 does not say how many VUs the scenarios have, so 'auto' comes to nothing",
          do: "give a number: --shards, shards:")
      }
      return .ok(.shards, "'auto' comes to \(counted(count, "shard"))")
    }
  }

  private var thresholds: DoctorThresholds {
    var all = options.thresholds
    if case .plan(let plan) = inspection {
      all += plan.thresholds.compactMap { try? GateThreshold($0, source: .script) }
    }
    var sources: [String]?
    if case .there(let texts) = files { sources = texts }
    return DoctorThresholds(thresholds: GateThreshold.distinct(all), sources: sources)
  }
}
