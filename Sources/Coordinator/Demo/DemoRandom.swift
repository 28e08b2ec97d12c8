/// Numbers that look thrown, and are the same on every run and every machine: SplitMix64.
struct DemoRandom: Sendable {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0xA24B_AED4_963E_E407 }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// From 0 to below 1.
  mutating func unit() -> Double { Double(next() >> 11) / 0x20_0000_0000_0000 }

  /// Around 0 with a standard deviation of 1, at most 6 away: near enough to a normal distribution.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }

  /// One of the two neighbours, so that the mean is kept.
  mutating func rounded(_ value: Double) -> Int { Int(value + unit()) }

  mutating func digits(_ count: Int) -> String {
    (0..<count).map { _ in String(next() >> 60, radix: 16) }.joined()
  }
}
