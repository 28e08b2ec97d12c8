import Shared

/// A site somewhere else than in the store: besides what was just drawn it has what the store has, and it drops old nights,
/// because GitHub serves at most a gigabyte.
struct SiteCopy: Sendable, Equatable {
  /// Before the newest night: their pages may have been drawn again for the store since they were copied.
  static let changingDays = 30

  /// To be fetched from the store; also what lies there already but may be older.
  let missing: [String]
  /// To be removed from where the copy lies.
  let expired: [String]

  /// - Parameters:
  ///   - there: what lies there already.
  ///   - stored: what the store has.
  init(of site: Site, there: some Sequence<String>, stored: some Sequence<String>) {
    let drawn = Set(site.files.map(\.path))
    let newest = site.newestNight
    let changing = newest?.advanced(byDays: -Self.changingDays)
    func isExpired(_ path: String) -> Bool {
      guard let newest, let night = SitePath.night(path) else { return false }
      return newest.days(since: night) >= keptNightPages && !drawn.contains(path)
    }
    func mayBeOlder(_ path: String) -> Bool {
      guard let changing, let night = SitePath.night(path) else { return false }
      return night >= changing
    }
    let there = Set(there)
    missing = stored.filter { path in
      (!there.contains(path) || mayBeOlder(path)) && !drawn.contains(path) && !isExpired(path)
    }.sorted()
    expired = there.filter(isExpired).sorted()
  }
}
