import Shared

struct YTick {
  /// Percent of the plot.
  let y, text: String
}

struct XTick {
  /// Percent of the plot.
  let x, text: String
  /// Left out on a phone.
  let isMinor: Bool
}

extension Linear {
  var yTicks: [YTick] {
    ticks.map { YTick(y: PageText.percentText(100 * part($0)), text: PageText.axisMS($0)) }
  }
}

extension Octaves {
  var yTicks: [YTick] {
    ticks.map { YTick(y: PageText.percentText(100 * part($0)), text: PageText.axisMS($0)) }
  }
}

/// Which labels have room.
struct LabelRoom {
  let isHidden, isMinor: Bool

  /// From the newest back, a label is hidden when nearer than `narrow` to the last one kept, and minor when nearer than
  /// what a phone needs; in percent of the plot.
  static func keepApart(_ positions: [Double], _ narrow: Double, _ wide: Double? = nil) -> [LabelRoom] {
    var (last, lastWide) = (1e9, 1e9)
    let rooms = positions.reversed().map { position in
      // As it is written, so that what looks apart is apart.
      let x = (position * 100).rounded(.toNearestOrEven) / 100
      let isHidden = last - x < narrow
      let isMinor = isHidden || lastWide - x < wide ?? 3 * narrow
      if !isHidden { last = x }
      if !isMinor { lastWide = x }
      return LabelRoom(isHidden: isHidden, isMinor: isMinor)
    }
    return rooms.reversed()
  }
}

extension XTick {
  /// Every day up to 8, every other up to 16, Mondays up to 45, the 1st and 15th up to 140 days, else months.
  static func days(from first: UTCDate, count: Int) -> [XTick] {
    let chosen = labelled(from: first, count: count)
    let positions = chosen.map { 100 * (Double($0.day.days(since: first)) + 0.5) / Double(count) }
    let rooms = LabelRoom.keepApart(positions, 5, 20)
    return zip(chosen, zip(positions, rooms)).compactMap { label, place in
      let (x, room) = place
      guard (1.5...98).contains(x), !room.isHidden else { return nil }
      return XTick(x: PageText.percentText(x), text: label.text, isMinor: room.isMinor)
    }
  }

  private typealias Label = (day: UTCDate, text: String)

  private static func labelled(from first: UTCDate, count: Int) -> [Label] {
    let days = (0..<count).lazy.map { first.advanced(byDays: $0) }
    if count > 140 { return months(days.filter { $0.day == 1 }) }
    let chosen: [UTCDate] =
      switch count {
      case ...8: Array(days)
      case ...16: days.filter { $0.days(since: first) % 2 == (count - 1) % 2 }
      case ...45: days.filter { $0.weekday == 0 }
      default: days.filter { $0.day == 1 || $0.day == 15 }
      }
    return chosen.map { ($0, PageText.shortDay($0)) }
  }

  /// At the most eight.
  private static func months(_ months: [UTCDate]) -> [Label] {
    let every =
      [1, 2, 3, 6, 12, 24, 60, 120].first { Double(months.count) / Double($0) <= 8 }
      ?? (months.count / 960 + 1) * 120
    return months.filter { ($0.year * 12 + $0.month - 1) % Int64(every) == 0 }.map { month in
      let name = PageText.shortMonth(month)
      return (month, every >= 12 ? "\(month.year)" : month.month == 1 ? "\(name) \(month.year)" : name)
    }
  }
}
