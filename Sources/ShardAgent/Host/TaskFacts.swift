import Logging
import Shared

/// Which task this shard runs in, and how good its clock is: shards start at one instant by their own clocks.
struct TaskFacts: Sendable, Equatable {
  /// The ECS task's id, or `pid-` and the number of the agent's process.
  let id: String
  var clock: ClockQuality?

  /// - Parameter uri: `ECS_CONTAINER_METADATA_URI_V4`; `nil` outside ECS.
  /// - Throws: ``ShardFailure`` when the clock is off by more than a second.
  static func find(
    uri: String?, host: Host, reader: TaskMetadataReader, logger: Logger
  ) async throws -> TaskFacts {
    var facts = TaskFacts(id: "pid-\(host.processID)")
    guard let uri, !uri.isEmpty else { return facts }
    do {
      let metadata = try await reader.read(uri)
      facts = TaskFacts(id: metadata.taskID ?? facts.id, clock: clock(metadata, logger))
      logger.info("the task", metadata: metadata.facts(uri: uri).mapValues { "\($0)" })
    } catch let error as CancellationError { throw error } catch {
      logger.warning(
        "the task's metadata cannot be read, so the shard goes by its process's number",
        metadata: ["reason": "\(error)"])
    }
    try facts.checkClock()
    return facts
  }

  /// Where the task's metadata says nothing, the store's answers have a date, once there was one.
  /// - Throws: ``ShardFailure`` as above.
  func withStore(_ clock: ClockQuality?) throws -> TaskFacts {
    guard self.clock == nil, let clock else { return self }
    var facts = self
    facts.clock = clock
    try facts.checkClock()
    return facts
  }

  private func checkClock() throws {
    guard let clock else { return }
    // Off for certain: a date is known only to its error, and a bound is what ECS says.
    let off = clock.offset.map { abs($0) - clock.errorBound } ?? clock.errorBound
    guard off > ClockQuality.mostOffset else { return }
    let source = clock.source == .task ? "as the task's metadata says" : "as the store's answers say"
    throw ShardFailure.unavailable(
      "this task's clock is off by \(Int(min(clock.offset.map(abs) ?? clock.errorBound, 1e12))) ms, \(source): expected at the most \(Int(ClockQuality.mostOffset)) ms, because all shards start at one instant"
    )
  }

  private static func clock(_ metadata: TaskMetadata, _ logger: Logger) -> ClockQuality? {
    guard let drift = metadata.clock else { return nil }
    if let status = drift.status, status != "SYNCHRONIZED" {
      logger.warning("the machine's clock is not synchronised", metadata: ["clock.status": "\(status)"])
    }
    return drift.errorBound.flatMap {
      $0.isFinite ? ClockQuality(source: .task, offset: nil, errorBound: abs($0)) : nil
    }
  }
}
