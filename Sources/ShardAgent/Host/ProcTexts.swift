/// utime + stime of `/proc/<pid>/stat`: fields 14 and 15, counted behind the name, which may hold spaces.
func cpuSecondsUsed(stat: String, ticksPerSecond: Double) -> Double? {
  guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
  let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
  guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
  return (user + system) / ticksPerSecond
}

/// The second field of `/proc/<pid>/statm`. A process that has ended and is not waited for has none.
func residentBytes(statm: String, pageBytes: Int64) -> Int64? {
  let fields = statm.split(separator: " ")
  guard fields.count > 1, let pages = Int64(fields[1]), pages > 0, pages < 1 << 40 else { return nil }
  return pages * pageBytes
}

/// How long the threads of a process were ready to run and waited for a CPU, and how often they got one.
///
/// `/proc/<pid>/schedstat` is the main thread's alone, so the threads are added up; what one that is gone had waited
/// stays in the sum, so that the sum never goes back.
struct ThreadDelays: Sendable, Equatable {
  private struct Waits: Sendable, Equatable {
    var nanoseconds: UInt64 = 0
    var turns: UInt64 = 0

    static func &+ (left: Waits, right: Waits) -> Waits {
      Waits(nanoseconds: left.nanoseconds &+ right.nanoseconds, turns: left.turns &+ right.turns)
    }
  }

  /// By thread.
  private var living: [Int32: Waits] = [:]
  private var gone = Waits()
  private var isKnown = false

  /// - Parameter threads: of every thread its `schedstat`: nanoseconds on a CPU, nanoseconds of waiting, turns on one.
  mutating func note(_ threads: [Int32: String]) {
    var now: [Int32: Waits] = [:]
    for (thread, schedstat) in threads {
      let numbers = schedstat.split(whereSeparator: \.isWhitespace).map { UInt64($0) }
      guard numbers.count == 3, let ran = numbers[0], let waited = numbers[1], let turns = numbers[2] else {
        continue
      }
      // A kernel that does not count writes "0 0 0"; a thread that is looked at has run.
      guard ran > 0 || waited > 0 else { continue }
      now[thread] = Waits(nanoseconds: waited, turns: turns)
      isKnown = true
    }
    for (thread, waits) in living where now[thread].map({ $0.nanoseconds < waits.nanoseconds }) ?? true {
      gone = gone &+ waits
    }
    living = now
  }

  private var sum: Waits { living.values.reduce(gone, &+) }

  /// `nil` while nothing could be read.
  var seconds: Double? { isKnown ? Double(sum.nanoseconds) / 1e9 : nil }
  var turns: Double? { isKnown ? Double(sum.turns) : nil }
}
