import Shared

/// Days in UTC.
extension PageText {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  static func month(_ day: UTCDate) -> String { months[Int(day.month) - 1] }

  static func shortMonth(_ day: UTCDate) -> String { String(month(day).prefix(3)) }

  static func weekday(_ day: UTCDate) -> String { weekdays[day.weekday] }

  static func shortWeekday(_ day: UTCDate) -> String { String(weekday(day).prefix(3)) }

  /// `22 Nov`
  static func shortDay(_ day: UTCDate) -> String { "\(day.day) \(shortMonth(day))" }

  /// `22 November`
  static func longDay(_ day: UTCDate) -> String { "\(day.day) \(month(day))" }

  /// `22 November 2026`
  static func fullDay(_ day: UTCDate) -> String { "\(longDay(day)) \(day.year)" }

  /// `02:14 UTC`
  static func time(_ instant: UTCInstant) -> String {
    "\(instant.description.split(separator: "T")[1].prefix(5)) UTC"
  }
}
