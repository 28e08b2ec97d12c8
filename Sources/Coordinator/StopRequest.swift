import Shared
import Synchronization

/// Whether somebody asked the run to stop, and how often: a second time means at once.
final class StopRequest: Sendable {
  private let reasons = Mutex<[String]>([])

  var reason: String? { reasons.withLock { $0.first } }
  var count: Int { reasons.withLock { $0.count } }

  /// `nil` while nobody has asked for it.
  var cancellation: RunStopped? {
    reason.map { RunStopped(.cancelled, "the run was cancelled (\($0))") }
  }

  func request(_ reason: String) { reasons.withLock { $0.append(reason) } }
}
