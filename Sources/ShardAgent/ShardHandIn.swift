import Logging
import Shared

/// The end of a shard: what k6 left behind becomes the shard's summary in the store.
struct ShardHandIn: Sendable {
  let context: ShardContext
  /// The summary is all that the run was for.
  let store: RetryingStore
  /// With k6's log.
  let files: PrivateFiles
  /// `nil` when it wrote none.
  let k6Summary: [UInt8]?

  func handIn(
    exit: K6Exit, course: ShardConductor.Course, stream: SampleStream, generator: GeneratorHealth,
    lastError: String?, stop: StopRequest.Reason?
  ) async throws -> K6Ending {
    let ending = K6Ending(
      K6Ending.Evidence(
        exit: exit, course: course, stop: stop, summary: k6Summary,
        isLean: context.options.isLean, stream: stream.with(\.health), loadPoints: stream.with(\.loadPoints),
        lastError: lastError, redact: context.redactor.redact,
        measured: { name in stream.with { $0.total(name) } }))
    let key = context.keys.summary(context.shard.index)
    // Handed in once, last: a second agent for the same shard must not take the place of the first.
    if try await store.get(key) != nil { throw course.failure ?? isThere(key) }
    await storeLog()
    let grid = summary(ending, course, stream, generator)
    let document =
      context.options.isLean
      ? SummaryDocument(written: leanSummary(course, stream), grid: grid, redactor: context.redactor)
      : SummaryDocument(k6Summary: k6Summary, grid: grid, redactor: context.redactor)
    try await put(encoded(document), at: key, failure: course.failure)
    context.logger.info("handed in", metadata: ["store.key": "\(key)", "k6.ending": "\(ending.meaning)"])
    return ending
  }

  /// What is written in between is no more replaced than what was there before; but a try whose answer was lost may have
  /// written it.
  private func put(_ bytes: [UInt8], at key: ObjectKey, failure: ShardFailure?) async throws {
    guard try await store.put(bytes, at: key, if: .absent) == .conditionFailed else { return }
    if try await store.get(key)?.bytes != bytes { throw failure ?? isThere(key) }
  }

  private func isThere(_ key: ObjectKey) -> ShardFailure {
    .unavailable("\(key) is there already, so what this agent measured is not handed in")
  }

  private func summary(
    _ ending: K6Ending, _ course: ShardConductor.Course, _ stream: SampleStream, _ generator: GeneratorHealth
  ) -> ShardSummary {
    var summary = ShardSummary(
      shard: context.shard, suite: context.plan.suite,
      executionSegment: context.segment.segment, scriptDigest: context.localScript.digest,
      k6Version: context.k6Version, ending: ending, startAt: course.startAt, startedAt: course.startedAt,
      loadStartedAt: course.loadStartedAt, loadEndedAt: course.loadEndedAt, writtenAt: context.host.now(),
      script: context.script, generator: generator, stream: stream.with(\.health),
      reportTags: context.options.reportTags, metrics: stream.with { $0.seriesRecords() },
      submetrics: stream.with { $0.submetricRecords() })
    if context.options.isLean { summary.lean = true }
    return summary
  }

  /// Empty when k6 was never let go: then there is nothing to sum up.
  private func leanSummary(_ course: ShardConductor.Course, _ stream: SampleStream) -> [String: JSONValue] {
    guard let startedAt = course.startedAt else { return [:] }
    if let leftOut = stream.with(\.health.checksLeftOut), leftOut > 0 {
      context.logger.warning(
        "the tree of groups and checks is full: the summary is without some of them",
        metadata: ["checks.left_out": "\(leftOut)", "checks.most": "\(CheckTree.mostNodes)"])
    }
    let endedAt = course.testEndedAt ?? context.host.now()
    return stream.with {
      LeanSummary(
        trendStats: context.trendStats, seconds: endedAt.seconds(since: startedAt),
        k6: K6Version(context.k6Version)
      ).members(metrics: $0.exportedMetrics(context.ownScript.k6Submetrics), checks: $0.routes.checks)
    }
  }

  /// A log must not cost the summary: the store's own tries are all, and they have 10 s and a second for every MiB.
  private func storeLog() async {
    guard let log = files.read("k6.log.gz") else { return }
    try? await context.host.within(10 + Double(log.count) / 1_048_576) {
      do {
        _ = try await context.store.put(log, at: context.keys.k6Log(context.shard.index), if: .always)
      } catch {
        context.logger.warning("k6's log could not be stored", metadata: ["reason": "\(error)"])
      }
    }
  }
}
