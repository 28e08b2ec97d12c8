import Logging
import Shared
import SystemPackage

/// The end of a shard: what k6 left behind becomes the shard's summary in the store.
struct ShardHandIn: Sendable {
  let shard: ShardIdentity
  let script: ScriptPlan
  let k6Version: String
  let scriptDigest: String
  let options: ShardOptions
  let host: Host
  let store: any ObjectStore
  let folder: String
  let logger: Logger

  func handIn(
    exit: K6Exit, course: ShardConductor.Course, stream: SampleStream, lastError: String?, stopReason: String?
  ) async throws -> K6Ending {
    let k6Summary = try? readFile(FilePath("\(folder)/k6-summary.json"))
    let ending = K6Ending(
      K6Ending.Evidence(
        exit: exit, course: course, stopReason: stopReason, summary: k6Summary, stream: stream.with(\.health),
        loadPoints: stream.with(\.loadPoints), lastError: lastError,
        measured: { name in stream.with { $0.total(name) } }))
    let grid = ShardSummary(
      shard: shard, suite: options.suite,
      executionSegment: options.segment.segment, scriptDigest: scriptDigest, k6Version: k6Version,
      ending: ending,
      startAt: course.startAt, startedAt: course.startedAt, loadStartedAt: course.loadStartedAt,
      loadEndedAt: course.loadEndedAt, writtenAt: host.now(),
      script: script, generator: generator(course), stream: stream.with(\.health),
      reportTags: options.reportTags, metrics: stream.with { $0.seriesRecords() },
      submetrics: stream.with { $0.submetricRecords() })
    let key = RunKeys(shard.run).summary(shard.index)
    // Handed in once, last: a second agent for the same shard must not take the place of the first.
    if try await store.get(key) != nil {
      throw course.failure
        ?? .unavailable("\(key) is there already, so what this agent measured is not handed in")
    }
    if let log = try? readFile(FilePath("\(folder)/k6.log.gz")) {
      do {
        _ = try await store.put(log, at: RunKeys(shard.run).k6Log(shard.index), if: .always)
      } catch {
        // A log must not cost the summary.
        logger.warning("k6's log could not be stored", metadata: ["reason": "\(error)"])
      }
    }
    try await insistently {
      try await store.putDocument(SummaryDocument(k6Summary: k6Summary, grid: grid), at: key)
    }
    logger.info("handed in", metadata: ["store.key": "\(key)", "k6.ending": "\(ending.meaning)"])
    return ending
  }

  /// The summary is all that the run was for: three tries, a second apart.
  private func insistently(_ action: () async throws -> Void) async throws {
    for _ in 1..<3 {
      do { return try await action() } catch {
        logger.warning("the store did not take it", metadata: ["reason": "\(error)"])
        try await host.sleep(.seconds(1))
      }
    }
    try await action()
  }

  private func generator(_ course: ShardConductor.Course) -> GeneratorHealth {
    let cpus = host.limits.cpus ?? Double(host.processorCount)
    guard let start = course.startedAt, let end = course.loadEndedAt, let before = course.cpuSecondsAtStart,
      let after = course.cpuSecondsAtEnd,
      // A shorter load says nothing: most of it is k6's own beginning.
      end.seconds(since: start) >= 1
    else { return GeneratorHealth(k6CPUSeconds: nil, cpuLimit: cpus, cpuShare: nil) }
    let used = after - before
    return GeneratorHealth(
      k6CPUSeconds: used, cpuLimit: cpus, cpuShare: used / (end.seconds(since: start) * cpus),
      machine: host.machine, machineCPUs: Double(host.processorCount))
  }
}
