import Shared

extension HistoryRecord {
  /// What `result.json` says is all that a line is made of, so that the history can be made again from the stored runs.
  /// - Throws: ``RecordContradiction`` for aggregates that cannot be.
  init(_ result: ResultDocument) throws {
    let plan = result.plan
    self.init(
      suite: plan.suite, run: plan.run, startedAt: result.window.startAt ?? plan.createdAt,
      verdict: result.verdict)
    (finishedAt, reasons, stopped) = (result.finishedAt, result.reasons, result.stopped?.cause)
    (attempt, commit, ref, release) = (plan.workflowAttempt ?? 1, plan.commit, plan.ref, plan.release)
    workflowRunURL = plan.workflowRunURL
    artifactsURL = plan.workflowRunURL.map { "\($0)#artifacts" }
    profile = result.profile
    let received = result.shards.filter { $0.ending != nil }
    k6Version = received.compactMap(\.k6Version).first
    (shardsExpected, shardsReceived) = (plan.shardCount, received.count)
    (plannedSeconds, windowSeconds) = (result.window.plannedSeconds, result.window.seconds)
    staggerSeconds = result.window.startSkewSeconds
    requestRate = result.window.requestRate
    highestCPU = received.compactMap { $0.generator?.cpuShare }.max().map { $0 * 100 }
    breach = result.breach
    (usual, noise, step) = (result.trend?.usual, result.trend?.noise, result.trend?.onset)
    let p95s = result.shards.compactMap(\.p95)
    (lowestShardP95, highestShardP95) = (p95s.min(), p95s.max())
    try addMetrics(result)
  }

  private mutating func addMetrics(_ result: ResultDocument) throws {
    if case .gauge(let vus)? = try result.aggregate("vus_max") {
      maxVUs = vus.max.flatMap { Int(exactly: $0) }
    }
    if case .counter(let counter)? = try result.aggregate("http_reqs") {
      requests = counter.count
      wallRate = result.window.wallRate
    }
    if case .counter(let counter)? = try result.aggregate("iterations") {
      iterations = counter.count
      droppedIterations = 0  // k6 says nothing of none
    }
    if case .counter(let counter)? = try result.aggregate("dropped_iterations") {
      droppedIterations = UInt64(exactly: counter.sum.value.rounded())
    }
    if case .rate(let failed)? = try result.aggregate("http_req_failed") {
      (failedRequests, errorRate) = (failed.passes, failed.share)
    }
    if case .rate(let checks)? = try result.aggregate("checks") {
      (passedChecks, failedChecks) = (checks.passes, checks.count - checks.passes)
    }
    if case .trend(let durations)? = try result.aggregate("http_req_duration") {
      (average, highest) = (durations.average, durations.max)
      (p50, p90) = (durations.displayed(quantile: 0.5), durations.displayed(quantile: 0.9))
      (p95, p99) = (durations.displayed(quantile: 0.95), durations.displayed(quantile: 0.99))
      p999 = durations.displayed(quantile: 0.999)
    }
  }
}

extension ResultDocument {
  /// Of the worst crossed threshold; `nil` when none was crossed, or a share says nothing.
  var breach: Double? { thresholds.compactMap(\.breach).max() }

  /// Of all its series, or of those that have these tags.
  /// - Returns: `nil` when there is none.
  /// - Throws: ``RecordContradiction``.
  func aggregate(
    _ metric: String, where isPicked: (_ tags: [String: String]) -> Bool = { _ in true }
  ) throws -> Aggregate? {
    var whole: Aggregate?
    for series in metrics where series.metric == metric && isPicked(series.tags) {
      let part = try series.aggregate()
      guard var sum = whole else {
        whole = part
        continue
      }
      guard sum.merge(part) else {
        throw RecordContradiction(metric: metric, tags: series.tags, what: "its series are not of one type")
      }
      whole = sum
    }
    return whole
  }
}
