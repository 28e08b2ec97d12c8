import Shared

/// Reads the line that k6 (0.57 to 2.2) writes for nearly every sample:
///
///     {"metric":"NAME","type":"Point","data":{"time":"2026-11-23T02:14:00.123Z","value":1.5,"tags":{...}}}
///
/// Nothing is looked for that is known: which metric follows which, the second, the tags. A line of any other shape
/// is left to ``StreamLine``, so whatever is read here is read there alike, and what is wrong is only told there.
struct UsualLine {
  /// The number of the metric of the line read last; its time, in nanoseconds since 1970; its value.
  private(set) var metric = 0
  private(set) var nanoseconds: Int64 = 0
  private(set) var value = 0.0

  /// What stands before the time, by the number of the metric, one behind the other.
  private var heads: [UInt8] = []
  private var headRanges: [Range<Int>] = []
  private var names = ByteTable()
  private var metrics: [Int] = []
  /// By the number of a metric: the one that followed it last.
  private var followers: [Int] = []
  private var second = Second()

  private static let nameStart = Array(#"{"metric":""#.utf8)
  private static let nameEnd = Array(#"","type":"Point","data":{"time":""#.utf8)
  private let beforeValue = (UInt64(ascii: "Z\",\"valu"), UInt64(ascii: "\"value\":"))
  private let beforeTags = UInt64(ascii: ",\"tags\":")

  /// - Parameter number: of the metric of this name; numbers come in order, from 0.
  mutating func learn(_ name: Span<UInt8>, metric number: Int) {
    precondition(number == headRanges.count)
    followers.append(number)
    let start = heads.count
    // Where the name needs an escape, its bytes in the line are not the name's.
    let isPlain = (0..<name.count).allSatisfy {
      (32..<127).contains(name[$0]) && name[$0] != 34 && name[$0] != 92
    }
    if isPlain, names.insert(name) == metrics.count {
      metrics.append(number)
      heads += Self.nameStart
      for index in 0..<name.count { heads.append(name[index]) }
      heads += Self.nameEnd
    }
    headRanges.append(start..<heads.count)
  }

  /// Reads a line up to its tags, and sets ``metric``, ``nanoseconds`` and ``value``.
  /// - Returns: where the tags' brace is expected; `nil` when the line is another or not all there.
  mutating func read(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard var at = readMetric(text, start) else { return nil }
    // The time, and the name behind it.
    guard at + Second.reach + 16 <= text.count, let time = second.read(text, &at) else { return nil }
    let name = text.extracting(at..<at + 11)
    guard name.word(at: 0) == beforeValue.0, name.word(at: 3) == beforeValue.1 else { return nil }
    at += 11
    guard let number = try? StrictJSON.number(text, &at), at + 8 <= text.count,
      text.word(at: at) == beforeTags
    else {
      return nil
    }
    (nanoseconds, value) = (time, number)
    return at + 8
  }

  private mutating func readMetric(_ text: Span<UInt8>, _ start: Int) -> Int? {
    guard metric < followers.count else { return nil }
    let guess = headRanges[followers[metric]]
    if !guess.isEmpty, text.hasBytes(of: heads.span, in: guess, at: start) {
      metric = followers[metric]
      return start + guess.count
    }
    let nameStart = start + Self.nameStart.count
    guard text.hasBytes(of: Self.nameStart.span, in: 0..<Self.nameStart.count, at: start),
      let nameEnd = text.firstIndex(of: 34, from: nameStart),
      let number = names.find(text, in: nameStart..<nameEnd).map({ metrics[$0] }),
      text.hasBytes(of: Self.nameEnd.span, in: 0..<Self.nameEnd.count, at: nameEnd)
    else { return nil }
    followers[metric] = number
    metric = number
    return nameEnd + Self.nameEnd.count
  }
}
