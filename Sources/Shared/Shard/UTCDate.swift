/// A day of the Gregorian calendar. Days from and to civil dates by Howard Hinnant's well-known algorithm
/// ("chrono-Compatible Low-Level Date Algorithms").
package struct UTCDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let year: Int64
  /// 1 to 12.
  package let month: Int64
  package let day: Int64

  /// - Returns: `nil` for a date that is not in the calendar.
  package init?(year: Int64, month: Int64, day: Int64) {
    (self.year, self.month, self.day) = (year, month, day)
    guard (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, year: year) else {
      return nil
    }
  }

  private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
  }

  package init(daysSince1970 days: Int64) {
    let shifted = days + 719_468
    let era = shifted.quotientAndRemainder(flooringBy: 146_097).0
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  package var daysSince1970: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.quotientAndRemainder(flooringBy: 400).0
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  package var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

  /// 0 is Monday.
  package var weekday: Int { Int((daysSince1970 + 3).quotientAndRemainder(flooringBy: 7).1) }

  package func advanced(byDays days: Int) -> UTCDate { UTCDate(daysSince1970: daysSince1970 + Int64(days)) }

  package func days(since other: UTCDate) -> Int { Int(daysSince1970 - other.daysSince1970) }

  package static func < (left: UTCDate, right: UTCDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}
