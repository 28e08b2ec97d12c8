import Shared

/// What happens on a made-up night.
struct DemoNight: Sendable {
  let date: UTCDate
  /// How many nights before the newest one.
  let ago: Int
  /// Of all response times: 1 is the p95 of the shop's ordinary nights.
  var level = 1.0
  /// By how much the slow path is slower, as a share.
  var step = 0.0
  /// Of all requests, 0 to 1.
  var errorRate = 0.0014
  /// Per second.
  var requestRate = 2050.0
  /// Shards that hand in nothing.
  var missing: [Int] = []
  var release: String?

  static let newest = UTCDate(year: 2026, month: 11, day: 22)!

  init(ago: Int) { (date, self.ago) = (Self.newest.advanced(byDays: -ago), ago) }

  var startAt: UTCInstant {
    UTCInstant(nanoseconds: (date.daysSince1970 * 86_400 + 2 * 3600 + 14 * 60 + 3) * 1_000_000_000)
  }
}

extension DemoNight {
  /// Oldest first, as many days; a night less for each on which nothing ran.
  static func nights(_ days: Int) -> [DemoNight] { (0..<days).reversed().compactMap(told) }

  /// The story. The same night is the same however many there are.
  private static func told(ago: Int) -> DemoNight? {
    if [17, 44, 45, 99].contains(ago) { return nil }  // GitHub started nothing
    var random = DemoRandom(seed: ago)
    var night = DemoNight(ago: ago)
    night.level = (1 + 0.015 * random.normal()) * (night.date.weekday >= 5 ? 0.985 : 1)
    night.errorRate = 0.0014 + 0.0003 * random.normal()
    night.requestRate += 7 * random.normal()
    night.release = release(ago: ago)
    switch ago {
    case 0...3: night.climb()
    case 12: night.errorRate = 0.0052
    case 22: (night.missing, night.requestRate) = ([4, 7, 9], 2051)
    case 31: night.requestRate = 1871
    case 37: night.level = 1.78
    case 86: night.missing = [2]
    case 71...: night.level *= 0.895  // the step after it has become usual
    default: break
    }
    return night
  }

  /// The end: what v2.41 brought, and traffic on top of it.
  private mutating func climb() {
    level = 1
    (step, errorRate, requestRate) =
      [
        (0.494, 0.0031, 2013), (0.394, 0.0027, 2031), (0.278, 0.0022, 2058), (0.248, 0.0019, 2046),
      ][ago]
  }

  private static func release(ago: Int) -> String? {
    if ago == 3 { return "v2.41" }
    return ago > 0 && ago.isMultiple(of: 9) && ago <= 41 * 9 ? "v2.\(41 - ago / 9)" : nil
  }
}
