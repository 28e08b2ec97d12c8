/// A counter's sum in every tenth of a second since the run's start instant: what a rate over the common
/// window is computed from.
package struct CountsOverTime: Sendable, Equatable {
  package static let perSecond = 10
  /// A day; a sample stamped later goes to the last one.
  private static let longest = 864_000
  package private(set) var tenths: [Double] = []

  package init() {}

  package mutating func add(_ value: Double, atNanoseconds nanoseconds: Int64) {
    let index = min(max(Int(nanoseconds / 100_000_000), 0), Self.longest - 1)
    if index >= tenths.count { tenths.append(contentsOf: repeatElement(0, count: index + 1 - tenths.count)) }
    tenths[index] += value
  }

  package mutating func merge(_ other: CountsOverTime) {
    if other.tenths.count > tenths.count {
      tenths.append(contentsOf: repeatElement(0, count: other.tenths.count - tenths.count))
    }
    for (index, count) in other.tenths.enumerated() { tenths[index] += count }
  }

  /// The sum inside a range of tenths.
  package func sum(_ range: Range<Int>) -> Double {
    tenths[range.clamped(to: 0..<tenths.count)].reduce(0, +)
  }

  package var total: Double { tenths.reduce(0, +) }

  /// The sum inside a range of tenths that is not empty, per second.
  package func rate(_ range: Range<Int>) -> Double {
    sum(range) * Double(Self.perSecond) / Double(range.count)
  }

  /// The whole tenths of a second between two instants, counted from the start's; `nil` when there is none.
  package static func wholeTenths(from first: UTCInstant, to last: UTCInstant, since startAt: UTCInstant)
    -> Range<Int>?
  {
    let from = Int((first.seconds(since: startAt) * Double(perSecond)).rounded(.up))
    let to = Int((last.seconds(since: startAt) * Double(perSecond)).rounded(.down))
    return from >= 0 && from < to ? from..<to : nil
  }

  package var perSecond: [Double] {
    stride(from: 0, to: tenths.count, by: Self.perSecond).map { sum($0..<($0 + Self.perSecond)) }
  }
}

/// On the wire: plain numbers, runs of the same number as `[number, times]`; most tenths of a steady load differ,
/// most tenths of a rare event are 0.
extension CountsOverTime: Codable {
  package init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    while !container.isAtEnd {
      if let number = try? container.decode(Double.self) {
        tenths.append(number)
      } else {
        let run = try container.decode([Double].self)
        guard run.count == 2, let times = Int(exactly: run[1]), times > 0,
          times <= Self.longest - tenths.count
        else {
          throw DecodingError.dataCorruptedError(
            in: container,
            debugDescription: "expected [number, times] with at most a day of tenths of a second")
        }
        tenths.append(contentsOf: repeatElement(run[0], count: times))
      }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    var rest = tenths[...]
    while let number = rest.first {
      let times = max(1, rest.prefix { $0 == number }.count)  // NaN does not equal itself
      if times > 2 {
        try container.encode([number, Double(times)])
      } else {
        for _ in 0..<times { try container.encode(number) }
      }
      rest = rest.dropFirst(times)
    }
  }
}
