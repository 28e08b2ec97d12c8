import Shared

/// Looks at everything that makes a first run fail, with the credentials that a run would have, and changes nothing.
struct Doctor: Sendable {
  let options: RunOptions
  let host: CoordinatorHost
  let script: DoctorScript
  /// Of a region of its own where one is named.
  let aws: @Sendable (_ region: String?) throws -> AWSClient
  let store: @Sendable () throws -> any ObjectStore
  let gitHub: @Sendable (_ repository: String?) throws -> GitHubClient
  /// Why nothing can be written into a folder; `nil` when it can.
  let refusal: @Sendable (_ folder: String) -> String?
  /// Whether the branch of the page can be written to; `nil` when no branch was named.
  let pages: (@Sendable () async -> DoctorFinding)?

  func report() async -> DoctorReport {
    async let own = ownFindings
    async let cloud = awsFindings
    async let gitHub = gitHubFindings
    let findings = await own + cloud + gitHub
    let scope = DoctorCheck.scope(options, pages: pages != nil)
    // What nobody has said anything of is not checked, whatever the reason.
    let gaps = scope.filter { check in !findings.contains { $0.check == check } }.map {
      DoctorFinding.notChecked($0, "what it stands on is not there, or could not be asked")
    }
    return DoctorReport(findings + gaps)
  }

  private var ownFindings: [DoctorFinding] {
    get async {
      var findings = [configuration] + script.findings
      if case .folder(let folder) = options.store {
        findings += DoctorFinding.folder(folder, refusal: refusal(folder))
        if let store = try? store() {
          findings += await DoctorStore(location: options.store, store: store).findings()
        }
      }
      if options.alert.usesPagerDuty { findings.append(pagerDuty) }
      if let pages { findings.append(await pages()) }
      return findings
    }
  }

  private var configuration: DoctorFinding {
    let shards =
      switch options.shards {
      case .exactly(let count): counted(count, "shard")
      case .auto: "as many shards as the script has VUs for"
      }
    let place = options.ecs.map { "cluster \($0.cluster)" } ?? "this machine"
    return .ok(.configuration, "suite \(options.suite), \(shards) on \(place), kept in \(options.store)")
  }

  private var pagerDuty: DoctorFinding {
    do {
      let keys = try PagerDutyKeys(host.environment)
      let harness = keys.key(.harness) == nil ? "" : ", and one for the load test itself"
      return .ok(
        .pagerDuty, "there is an integration key\(harness); whether PagerDuty knows it, only an event tells")
    } catch {
      return .fault(.pagerDuty, "\(error)", do: "set \(PagerDutyKeys.service), in a workflow from a secret")
    }
  }

  private var gitHubFindings: [DoctorFinding] {
    get async {
      guard DoctorGitHub.isNeeded(options.alert) else { return [] }
      return await DoctorGitHub(settings: options.alert, environment: host.environment, client: gitHub)
        .findings()
    }
  }
}

// MARK: - AWS

extension Doctor {
  private var awsFindings: [DoctorFinding] {
    get async {
      guard DoctorCheck.needsAWS(options) else { return [] }
      let asking: DoctorAWS
      do {
        asking = DoctorAWS(client: try aws(nil), elsewhere: { [aws] in try aws($0) })
      } catch {
        return [.fault(.credentials, "\(error)", do: nil)] + unasked("there are no AWS credentials")
      }
      let caller: Asked<DoctorAWS.Caller> = await asking.caller()
      guard case .answer(let known) = caller else { return without(caller) }
      var findings = [
        DoctorFinding.ok(.credentials, "account \(known.account), as \(known.arn)")
      ]
      let visit = AWSVisit(asking: asking, options: options, caller: known)
      async let stored = storeFindings(visit)
      async let alerts = visit.alertFindings()
      findings += await visit.ecsFindings(shards: shardCount) + stored + alerts
      return findings
    }
  }

  private func without(_ caller: Asked<DoctorAWS.Caller>) -> [DoctorFinding] {
    let why = if case .unknown(let why) = caller { why } else { "AWS does not say whose they are" }
    return [.fault(.credentials, why, do: nil)] + unasked("the AWS credentials do not work")
  }

  private func unasked(_ why: String) -> [DoctorFinding] {
    let others: Set<DoctorCheck> = [
      .configuration, .scriptFile, .scriptPlan, .k6Version, .shards, .thresholds, .credentials, .pagerDuty,
      .gitHub, .gitHubWrite, .issues, .statuses, .pullRequests, .pages,
    ]
    return DoctorCheck.scope(options, pages: false).filter { check in
      !others.contains(check)
        && (options.store.isBucket || ![.storeWrite, .history, .active].contains(check))
    }.map { .notChecked($0, why) }
  }

  private var shardCount: Int {
    switch (options.shards, script.inspection) {
    case (.exactly(let count), _): count
    case (.auto, .plan(let plan)): plan.maxShards.map { min($0, ShardCapacity.mostByItself) } ?? 1
    case (.auto, _): ShardCapacity.mostByItself
    }
  }

  private func storeFindings(_ visit: AWSVisit) async -> [DoctorFinding] {
    guard case .bucket(let bucket, let prefix) = options.store else { return [] }
    do {
      let settings = try S3Settings(host.environment)
      let client = visit.asking.client
      let region = await Asked { try await client.bucketRegion(bucket, settings) }
      let listed: Asked<Void> = await Asked {
        try await client.listBriefly(bucket, prefix: prefix, settings)
      }
      return [
        .bucket(bucket, region, listed),
        .bucketRegion(region, bucket: bucket, region: visit.asking.region), await visit.storeRights(),
      ] + (await DoctorStore(location: options.store, store: try store()).findings())
    } catch {
      return [.fault(.storeReachable, "\(error)", do: nil)]
    }
  }
}
