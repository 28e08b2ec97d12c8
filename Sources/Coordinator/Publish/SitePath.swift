import Shared

/// What a path of the site says: every night has a folder, `night/2026-11-22/`.
enum SitePath {
  static let index = "index.html"

  /// - Returns: `nil` for what is no night's.
  static func night(_ path: String) -> UTCDate? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 2, parts[0] == "night" else { return nil }
    let numbers = parts[1].split(separator: "-").compactMap { Int64($0) }
    guard numbers.count == 3,
      let date = UTCDate(year: numbers[0], month: numbers[1], day: numbers[2]),
      date.description == parts[1]
    else { return nil }
    return date
  }

  /// Of pages that are nights of different dates, those of the newest.
  static func newestNights(_ paths: some Sequence<String>, _ count: Int) -> Set<UTCDate> {
    Set(Set(paths.compactMap(night)).sorted().suffix(count))
  }
}

extension Site {
  /// Its files as they are given, the index behind all others.
  /// - Throws: ``PublishingError`` without an index: nothing would lead to what is published.
  func inOrder() throws -> [File] {
    let index = files.filter { $0.path == SitePath.index }
    guard index.count == 1 else {
      throw PublishingError("the site has \(index.count) files \(SitePath.index): expected one")
    }
    return files.filter { $0.path != SitePath.index } + index
  }

  var newestNight: UTCDate? { SitePath.newestNights(files.lazy.map(\.path), 1).first }
}
