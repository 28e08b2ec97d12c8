import Shared

/// Publishes to the store's `report/`. A file is replaced only while it is what it was before the history was read: whoever
/// is slow never puts an older page over a newer one. What a file leads to is written before it, and nothing is deleted, so
/// that there is a whole site at every moment.
struct SitePublisher: Sendable {
  /// So often others may be faster.
  static let lossLimit = 20

  /// One that bears what may pass.
  let store: any ObjectStore
  /// Waits a random part of that many seconds.
  let wait: @Sendable (_ seconds: Double) async throws -> Void

  private enum Round {
    case published
    /// Somebody else has published meanwhile.
    case overtaken
    /// These would be replaced, and were not read before the history was.
    case unread(Set<String>)
  }

  private var stored: StoredSite { StoredSite(store: store) }

  /// - Parameter render: reads the history and draws the site; called again when somebody else was faster.
  /// - Throws: ``PublishingError`` when somebody else always is; what the store and `render` throw.
  func publish(_ render: () async throws -> Site) async throws {
    var paths = try await changingPaths()
    var lost = 0
    while true {
      switch try await round(paths, render) {
      case .published: return
      case .unread(let more): paths.formUnion(more)
      case .overtaken:
        lost += 1
        guard lost < Self.lossLimit else {
          throw PublishingError(
            "the page was not published: others have published to the store \(lost) times in a row meanwhile; publish again with less going on"
          )
        }
        try await wait(longestPublishingWait(lost))
      }
    }
  }

  /// What a run usually changes, of what is there: reading all nights would cost more than it saves.
  private func changingPaths() async throws -> Set<String> {
    let paths = try await stored.paths()
    let newest = SitePath.newestNights(paths, SiteHeaders.changingNights)
    return Set(paths.filter { path in SitePath.night(path).map(newest.contains) ?? true } + [SitePath.index])
  }

  private func round(_ paths: Set<String>, _ render: () async throws -> Site) async throws -> Round {
    var before = try await stored.objects(paths)
    let site = try await render()
    let files = try site.inOrder()
    let late = try await stored.objects(files.map(\.path).filter { before[$0] == nil })
    // What was not there yet is created on condition that it is still absent, so nothing newer is lost.
    let unread = files.filter { file in
      (late[file.path] ?? nil).map { $0.bytes != file.bytes } ?? false
    }
    guard unread.isEmpty else { return .unread(Set(unread.map(\.path))) }
    before.merge(late) { first, _ in first }
    let headers = SiteHeaders(site)
    for file in files {
      let current = before[file.path] ?? nil
      if current?.bytes == file.bytes { continue }
      let outcome = try await store.put(
        file.bytes, at: try StoredSite.key(file.path),
        if: current.map { .matches(etag: $0.etag) } ?? .absent, as: headers[file.path])
      if outcome == .conditionFailed { return .overtaken }
    }
    return .published
  }
}
