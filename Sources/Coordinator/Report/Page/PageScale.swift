import Foundation

/// A y axis that need not begin at zero, with about `wanted` round ticks; y runs downwards.
struct Linear {
  let step: Double
  var low, high: Double

  init(_ values: [Double], wanted: Double = 4, floor least: Double = 0) {
    // Beyond 1e15 steps would be lost in rounding.
    let shown = values.filter(\.isFinite).map { min(max($0, -1e15), 1e15) }
    let (bottom, top) = (shown.min() ?? 0, shown.max() ?? 1)
    let pad = max((top - bottom) * 0.08, abs(top) * 0.01, 1e-9)
    step = Self.tickStep(top - bottom + 2 * pad, wanted)
    low = max(least, floor((bottom - pad) / step) * step)
    high = ceil((top + pad) / step) * step
  }

  /// The first of 1, 2, 2.5, 5, 10 times a power of ten that gives at most as many ticks as are wanted.
  static func tickStep(_ span: Double, _ wanted: Double) -> Double {
    let raw = span / wanted
    let power = pow(10, floor(log10(raw)))
    return [1, 2, 2.5, 5].map { $0 * power }.first { $0 >= raw * 0.999 } ?? 10 * power
  }

  /// 0 at the top, 1 at the bottom.
  func part(_ value: Double) -> Double { bounded(1 - (value - low) / (high - low)) }

  var ticks: [Double] { (0...max(0, Int(((high - low) / step).rounded()))).map { low + Double($0) * step } }
}

/// A logarithmic y axis in powers of two of the limit, shared by the percentile curve and the heat map.
struct Octaves {
  let base: Double
  /// In octaves around the limit.
  let low, high: Double

  init(_ limit: Double?, _ low: Double, _ high: Double) {
    base = limit.flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? 800
    (self.low, self.high) = (low, high)
  }

  /// In halves of an octave around the values.
  static func around(_ limit: Double?, _ values: [Double]) -> Octaves {
    let base = Octaves(limit, -4, 3)
    let octaves = values.filter { $0 > 0 && $0.isFinite }.map { log2($0 / base.base) }
    guard let least = octaves.min(), let most = octaves.max() else { return base }
    let low = min(max(-12, floor(2 * least) / 2), 11)
    return Octaves(limit, low, max(min(12, ceil(2 * most) / 2), low + 0.5))
  }

  /// 0 at the top, 1 at the bottom.
  func part(_ value: Double) -> Double {
    bounded(1 - (log2(max(value, 1e-6) / base) - low) / (high - low))
  }

  var ticks: [Double] { stride(from: ceil(low), through: floor(high), by: 1).map { base * exp2($0) } }
}

private func bounded(_ part: Double) -> Double { part.isNaN ? 1 : min(1, max(0, part)) }
