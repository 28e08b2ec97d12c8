import Logging
import Shared

/// Writes `progress.json`.
struct ProgressPublisher: Sendable {
  let context: ShardContext
  let stream: SampleStream
  let monitor: GeneratorMonitor

  /// Progress is for people who watch: one that cannot be written is logged, and the run goes on.
  func publish(_ course: ShardConductor.Course, vus: Int) async {
    guard let startAt = course.startAt, let startedAt = course.startedAt else { return }
    let times = LoadTimes(
      startAt: startAt, startedAt: startedAt, phase: course.phase, loadStartedAt: course.loadStartedAt,
      loadEndedAt: course.loadEndedAt)
    do {
      var progress = stream.with {
        $0.progress(context.shard, at: context.host.now(), times, vus: Double(vus))
      }
      progress.generator = monitor.health
      try await context.store.putDocument(progress, at: context.keys.progress(context.shard.index))
    } catch {
      context.logger.warning("progress could not be written", metadata: ["reason": "\(error)"])
    }
  }
}
