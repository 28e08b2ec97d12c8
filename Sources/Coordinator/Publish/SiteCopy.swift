import Shared

/// A site somewhere else than in the store: besides what was just drawn it has what the store has, and it drops old nights,
/// because GitHub serves at most a gigabyte.
struct SiteCopy: Sendable, Equatable {
  /// Days before the newest night.
  static let keptNights = 400

  /// To be fetched from the store.
  let missing: [String]
  /// To be removed from where the copy lies.
  let expired: [String]

  /// - Parameters:
  ///   - there: what lies there already.
  ///   - stored: what the store has.
  init(of site: Site, there: some Sequence<String>, stored: some Sequence<String>) {
    let drawn = Set(site.files.map(\.path))
    let oldest = site.newestNight?.advanced(byDays: -Self.keptNights)
    func isExpired(_ path: String) -> Bool {
      guard let oldest, let night = SitePath.night(path) else { return false }
      return night < oldest && !drawn.contains(path)
    }
    let there = Set(there)
    missing = stored.filter { !there.contains($0) && !drawn.contains($0) && !isExpired($0) }.sorted()
    expired = there.filter(isExpired).sorted()
  }
}
