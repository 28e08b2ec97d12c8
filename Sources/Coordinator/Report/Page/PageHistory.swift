import Shared

/// The history as the page shows it; its cost grows with the number of nights alone.
struct PageHistory: Sendable {
  /// Oldest first, without details.
  let nights: [PageNight]
  /// Oldest first.
  let steps: [PageStep]

  init(_ history: Nights, _ sensitivity: Sensitivity) {
    let trends = history.trends(sensitivity)
    var reader = NightReader(trends: trends)
    let nights = history.all.map { reader.night($0) }
    self.nights = nights
    let steps = trends.values.flatMap(\.steps).sorted { $0.onset.startedAt < $1.onset.startedAt }
    self.steps = PageStep.known(steps, on: nights)
  }
}

/// Goes through the nights and remembers what the next one has to know of those before.
private struct NightReader {
  let trends: [String?: Trend]
  /// How many of a profile's nights are behind.
  private var counts: [String?: Int] = [:]
  private var ranges: [String?: UsualRange] = [:]
  private var latestProfile: String?
  private var latestRelease: String?

  init(trends: [String?: Trend]) { self.trends = trends }

  mutating func night(_ record: HistoryRecord) -> PageNight {
    // A run of which no shard was heard has no profile; it was of the test that ran before.
    let profile = record.profile ?? (record.isOrdinary ? nil : latestProfile)
    if let trend = trends[profile] {
      let before = counts[profile, default: 0]
      var count = before
      while count < trend.nights.count, trend.nights[count].night <= record.night { count += 1 }
      if count > before { ranges[profile] = trend.range(at: count - 1) }
      counts[profile] = count
    }
    var night = PageNight(record: record, range: ranges[profile])
    night.isTestChanged = profile != nil && latestProfile != nil && profile != latestProfile
    if let release = record.release, !release.isEmpty, release != latestRelease {
      (night.newRelease, latestRelease) = (release, release)
    }
    latestProfile = profile ?? latestProfile
    return night
  }
}
