import Logging
import Shared

/// Writes `progress.json`.
struct ProgressPublisher: Sendable {
  let context: ShardContext
  let stream: SampleStream
  let monitor: GeneratorMonitor

  /// Progress is for people who watch: one that cannot be written is logged, and the run goes on.
  func publish(_ course: ShardConductor.Course, vus: Int) async {
    guard let startedAt = course.startedAt else { return }
    do {
      var progress = stream.with { aggregator in
        aggregator.progress(
          context.shard, at: context.host.now(), startedAt: startedAt, phase: course.phase,
          loadStartedAt: course.loadStartedAt, vus: Double(vus))
      }
      progress.generator = monitor.health
      try await context.store.putDocument(progress, at: context.keys.progress(context.shard.index))
    } catch {
      context.logger.warning("progress could not be written", metadata: ["reason": "\(error)"])
    }
  }
}
