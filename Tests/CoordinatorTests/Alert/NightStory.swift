import Shared

@testable import Coordinator

/// Nights as letters, one a night: `P` passes, `F` fails by 30 %, `f` fails by 3 %, `D` is degraded, `I` is incomplete, `C` is
/// cancelled, `.` did not run, and a letter behind a `+` is a second run of the same date.
enum NightStory {
  static func records(_ story: String, ref: String = "main") -> [HistoryRecord] {
    var records: [HistoryRecord] = []
    var (day, hour) = (0, 2.0)
    for letter in story where letter != " " {
      if letter == "+" {
        day -= 1
        hour += 1
        continue
      }
      if let verdict = verdict(letter) {
        var record = HistorySamples.night(
          day, run: "night-\(day)-\(Int(hour))", hour: hour, verdict: verdict, ref: ref)
        record.breach = letter == "F" ? 0.3 : letter == "f" ? 0.03 : nil
        record.stopped = letter == "C" ? "cancelled" : nil
        records.append(record)
      }
      (day, hour) = (day + 1, 2)
    }
    return records
  }

  private static func verdict(_ letter: Character) -> Verdict? {
    switch letter {
    case "P": .pass
    case "F", "f": .fail
    case "D": .degraded
    case "I", "C": .incomplete
    default: nil
    }
  }

  /// As the newest run of the story stands.
  static func situation(_ story: String) -> Situation? {
    let records = records(story)
    return records.last.flatMap { Situation(of: $0.run, in: records, suite: "suite", branch: "main") }
  }
}
