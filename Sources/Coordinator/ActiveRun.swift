import Shared

/// `active.json`: which run of the suite is under way, and whether its coordinator still lives.
struct ActiveRun: Sendable, Codable, Equatable {
  let run: RunID
  let nonce: String
  let suite: String
  /// Counted up by its coordinator; how old it is everybody judges by the own clock.
  var counter: Int
  /// Seconds for which its shards load without a coordinator.
  let deadManSeconds: Double
  let workflowRunURL: String?

  private enum CodingKeys: String, CodingKey {
    case run, nonce, suite, counter
    case deadManSeconds = "dead_man_seconds"
    case workflowRunURL = "workflow_run_url"
  }

  /// Seconds from one count to the next: as the sign of life for the shards.
  var interval: Double { AliveSignal.interval(deadMan: min(max(deadManSeconds, 1), 86_400)) }

  /// `run 2026-11-25 of suite checkout (https://github.com/...)`
  var name: String { "run \(run) of suite \(suite)" + (workflowRunURL.map { " (\($0))" } ?? "") }
}

/// The suite's one run at a time is ours until it is released.
final class ActiveHold: Sendable {
  private let store: any ObjectStore
  private let state: Guarded

  /// One call after the other: each needs the tag that the one before it left.
  private actor Guarded {
    var document: ActiveRun
    var etag: String
    var isReleased = false
    init(_ document: ActiveRun, etag: String) { (self.document, self.etag) = (document, etag) }

    /// - Returns: the nonce.
    func released() -> String {
      isReleased = true
      return document.nonce
    }

    /// - Returns: who holds it instead; `nil` while it is ours.
    func count(in store: any ObjectStore) async throws -> ActiveRun? {
      document.counter += 1
      if case .stored(let etag) = try await store.putDocument(
        document, at: activeKey, if: .matches(etag: etag))
      {
        self.etag = etag
        return nil
      }
      guard let object = try await store.get(activeKey) else {
        if isReleased { return nil }
        // Somebody's repeated delete, of the run before this one.
        if case .stored(let etag) = try await store.putDocument(document, at: activeKey, if: .absent) {
          self.etag = etag
        }
        return nil
      }
      guard let other = try? decoded(ActiveRun.self, from: object.bytes, name: activeKey.text) else {
        return nil
      }
      // A write whose answer was lost.
      if other.nonce == document.nonce {
        etag = object.etag
        return nil
      }
      return other
    }
  }

  init(_ document: ActiveRun, etag: String, store: any ObjectStore) {
    (self.store, state) = (store, Guarded(document, etag: etag))
  }

  /// - Returns: the run that has taken the suite over, because this coordinator had given no sign for too long.
  func count() async throws -> ActiveRun? { try await state.count(in: store) }

  func release() async { await releaseActive(store, nonce: await state.released()) }
}

/// Somebody else's stays.
func releaseActive(_ store: any ObjectStore, nonce: String) async {
  guard let active = try? await store.getDocument(ActiveRun.self, at: activeKey), active.nonce == nonce
  else { return }
  try? await store.delete(activeKey)
}
