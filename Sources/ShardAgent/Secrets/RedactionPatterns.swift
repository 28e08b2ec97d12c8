/// Finds secrets in text, however they are written there: as they are, percent-encoded (`%2F`, either case, `+` for a
/// space, several times over), escaped as in JSON or in a log line (`\"`, `\/`, `\u003c`, several times over), and in
/// base64 (either alphabet, wherever the secret begins in what was encoded).
struct RedactionPatterns: Sendable {
  /// What stands in a secret's place: another for every secret, so that what is told apart by them stays so.
  private struct Pattern: Sendable {
    let bytes: [UInt8]
    let placeholder: [UInt8]
  }

  private var patterns: [Pattern] = []
  /// By the first byte.
  private var starts = [[Int]](repeating: [], count: 256)
  /// By the first two, where those stand there as they are: setup() may return hundreds of tokens that begin alike.
  private var pairs: [[Int]] = []
  /// Bytes at which one may begin, whatever it is written as.
  private var isStart = [Bool](repeating: false, count: 256)

  var isEmpty: Bool { patterns.isEmpty }

  mutating func add(_ value: String, placeholder: String) {
    let bytes = Array(value.utf8)
    guard !bytes.isEmpty else { return }
    if pairs.isEmpty { pairs = [[Int]](repeating: [], count: 1 << 16) }
    for text in [bytes] + base64Cores(bytes) where !patterns.contains(where: { $0.bytes == text }) {
      starts[Int(text[0])].append(patterns.count)
      if text.count > 1 { pairs[Int(text[0]) << 8 | Int(text[1])].append(patterns.count) }
      patterns.append(Pattern(bytes: text, placeholder: Array(placeholder.utf8)))
      isStart[Int(text[0])] = true
      if text[0] == .space { isStart[Int(UInt8.plus)] = true }
    }
    isStart[Int(UInt8.percent)] = true
    isStart[Int(UInt8.backslash)] = true
  }

  /// - Parameter isEnd: nothing follows this text.
  /// - Returns: what to show, and how much of the text that is of; the rest may be the beginning of a secret.
  func redact(_ text: [UInt8], isEnd: Bool) -> (shown: [UInt8], taken: Int) {
    let encoded = EncodedText(bytes: text, isEnd: isEnd)
    var shown: [UInt8] = []
    var (position, copied) = (0, 0)
    while position < text.count {
      guard isStart[Int(text[position])] else {
        position += 1
        continue
      }
      switch whole(encoded, position) {
      case .none: position += 1
      case .unfinished:
        shown += text[copied..<position]
        return (shown, position)
      case .found(let end, let pattern):
        shown += text[copied..<position] + patterns[pattern].placeholder
        (position, copied) = (end, end)
      }
    }
    shown += text[copied...]
    return (shown, text.count)
  }

  // MARK: Matching

  private enum Found {
    case none
    /// The text ends before it is decided.
    case unfinished
    case found(end: Int, pattern: Int)
  }

  /// A secret, with those that begin inside it and end behind it.
  private func whole(_ text: EncodedText, _ start: Int) -> Found {
    let first = longest(text, start)
    guard case .found(var end, let pattern) = first else { return first }
    var position = start + 1
    while position < end {
      if isStart[Int(text.bytes[position])] {
        switch longest(text, position) {
        case .none: break
        case .unfinished: return .unfinished
        case .found(let other, _): end = max(end, other)
        }
      }
      position += 1
    }
    return .found(end: end, pattern: pattern)
  }

  private func longest(_ text: EncodedText, _ start: Int) -> Found {
    var best = Found.none
    var (end, isUnfinished) = (0, false)
    func look(_ candidates: [Int]) {
      for pattern in candidates {
        switch match(patterns[pattern].bytes, 0, text, start) {
        case .no: break
        case .unfinished: isUnfinished = true
        case .to(let position):
          if position > end { (best, end) = (.found(end: position, pattern: pattern), position) }
        }
      }
    }
    let byte = text.bytes[start]
    look(candidates(text, start))
    if byte == .plus { look(starts[Int(UInt8.space)]) }
    if byte == .percent || byte == .backslash {
      guard let firsts = text.firsts(at: start) else { return .unfinished }
      for first in Set(firsts) where first != byte { look(starts[Int(first)]) }
    }
    return isUnfinished ? .unfinished : best
  }

  /// Those that begin with the byte there.
  private func candidates(_ text: EncodedText, _ start: Int) -> [Int] {
    let first = Int(text.bytes[start])
    guard start + 1 < text.bytes.count else { return starts[first] }
    let second = Int(text.bytes[start + 1])
    // What either may be an encoding of is not looked up by itself.
    let areThemselves =
      first != Int(UInt8.percent) && first != Int(UInt8.backslash)
      && ![UInt8.percent, .backslash, .plus].contains(UInt8(second))
    return areThemselves ? pairs[first << 8 | second] : starts[first]
  }

  private enum Match {
    case no, unfinished
    case to(Int)
  }

  /// - Parameter index: what of the secret is wanted next.
  private func match(_ wanted: [UInt8], _ index: Int, _ text: EncodedText, _ position: Int) -> Match {
    var (index, position) = (index, position)
    while index < wanted.count {
      guard position < text.bytes.count else { return text.isEnd ? .no : .unfinished }
      let (own, byte) = (wanted[index], text.bytes[position])
      if own == .backslash { return matchBackslashes(wanted, index, text, position) }
      if own == .percent, byte == .percent { return matchPercent(wanted, index, text, position) }
      if own == byte || own == .space && byte == .plus {
        (index, position) = (index + 1, position + 1)
        continue
      }
      guard byte == .percent || byte == .backslash else { return .no }
      guard let found = text.character(position) else { return .unfinished }
      guard !found.value.isEmpty, wanted[index...].starts(with: found.value) else { return .no }
      (index, position) = (index + found.value.count, found.end)
    }
    return .to(position)
  }

  /// However often they were escaped, there are at least as many; the last may belong to what follows.
  private func matchBackslashes(_ wanted: [UInt8], _ index: Int, _ text: EncodedText, _ position: Int)
    -> Match
  {
    guard let run = text.backslashes(position) else { return .unfinished }
    // There may be more of them.
    if run.count > 0, run.end == text.bytes.count, !text.isEnd { return .unfinished }
    let needed = wanted.run(of: .backslash, from: index)
    var ways: [(index: Int, position: Int)] = []
    if run.count >= needed { ways.append((index + needed, run.end)) }
    if run.count > needed { ways.append((index + needed, run.last)) }
    // `\u005c`, `\x5c`
    if run.count > 0 {
      guard let found = text.character(position) else { return .unfinished }
      if found.value == [.backslash] { ways.append((index + 1, found.end)) }
    }
    return first(ways, wanted, text)
  }

  /// A percent sign stands for itself, or begins its own encoding: `%`, `%25`, `%2525`.
  private func matchPercent(_ wanted: [UInt8], _ index: Int, _ text: EncodedText, _ position: Int) -> Match {
    var ways = [(index: index + 1, position: position + 1)]
    var end = position + 1
    var isUnfinished = false
    for _ in 0..<EncodedText.mostTimes {
      guard end + 1 < text.bytes.count else {
        isUnfinished = !text.isEnd
        break
      }
      guard text.bytes[end] == 50, text.bytes[end + 1] == 53 else { break }
      end += 2
      ways.append((index + 1, end))
    }
    // The longest first: nothing of the encoding is left behind.
    return isUnfinished ? .unfinished : first(ways.reversed(), wanted, text)
  }

  private func first(_ ways: [(index: Int, position: Int)], _ wanted: [UInt8], _ text: EncodedText) -> Match {
    var isUnfinished = false
    for way in ways {
      switch match(wanted, way.index, text, way.position) {
      case .to(let position): return .to(position)
      case .unfinished: isUnfinished = true
      case .no: break
      }
    }
    return isUnfinished ? .unfinished : .no
  }
}

extension UInt8 {
  static let space: UInt8 = 32
  static let percent: UInt8 = 37
  static let plus: UInt8 = 43
  static let backslash: UInt8 = 92

  var hexadecimalDigit: UInt8? {
    switch self {
    case 48...57: self - 48
    case 65...70: self - 55
    case 97...102: self - 87
    default: nil
    }
  }
}

extension [UInt8] {
  /// How often a byte stands in a row.
  func run(of byte: UInt8, from start: Int) -> Int {
    var end = start
    while end < count, self[end] == byte { end += 1 }
    return end - start
  }
}
