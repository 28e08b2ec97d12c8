import Shared

/// What browsers are told of the site's files: their types, and for how long they need not ask again.
struct SiteHeaders: Sendable {
  /// A page of a night names the next one, and may be drawn again for a second run of its date.
  static let changingNights = 2
  private let newest: Set<UTCDate>

  init(_ site: Site) {
    newest = SitePath.newestNights(site.files.lazy.map(\.path), Self.changingNights)
  }

  /// Whatever changes with a run is asked for every time (an answer of 304 is short); older nights after five minutes, since
  /// all are drawn again when the templates change.
  subscript(_ path: String) -> ObjectHeaders {
    let isOld = SitePath.night(path).map { !newest.contains($0) } ?? false
    return ObjectHeaders(
      contentType: path.hasSuffix(".xml") ? "application/atom+xml; charset=utf-8" : nil,
      cacheControl: isOld ? "max-age=300" : "no-cache")
  }
}
