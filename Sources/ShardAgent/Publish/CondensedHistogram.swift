import Shared

/// A histogram as at most so many values with their counts, the slow end finer than the rest: it is what people look
/// at.
///
/// Neighbouring buckets become one value as long as together they are no wider, relative to their lower edge, than a
/// tolerance; than a quarter of it from the 85th percentile on. The tolerance is the smallest with which the values are
/// few enough.
struct CondensedHistogram: Sendable {
  /// In their order, each the mean of what it stands for.
  private(set) var values: [Double] = []
  private(set) var counts: [UInt64] = []
  /// How far a sample may be from its value, relative to the sample.
  private(set) var greatestError = 0.0
  /// Samples that CloudWatch cannot take: negative ones, with which it has no percentiles, and those over 2^360.
  let leftOut: UInt64

  private struct Bucket {
    let lower, upper, middle: Double
    let count: UInt64
  }

  init(_ histogram: Histogram, most: Int = 100) {
    let all = histogram.buckets
    let buckets = all.filter { $0.bucket >= 0 && Histogram.value(of: $0.bucket) < greatestEMFValue }.map {
      Bucket(
        lower: Histogram.edge($0.bucket), upper: Histogram.edge($0.bucket + 1),
        middle: Histogram.value(of: $0.bucket), count: $0.count)
    }
    let total = buckets.reduce(0) { $0 + $1.count }
    leftOut = all.reduce(0) { $0 + $1.count } - total
    for range in Self.bins(buckets, total, most) { add(buckets[range]) }
  }

  private static func bins(_ buckets: [Bucket], _ total: UInt64, _ most: Int) -> [Range<Int>] {
    if buckets.count <= most { return buckets.indices.map { $0..<($0 + 1) } }
    var low = 1.0 / 1024
    while bins(buckets, total, tolerance: low * 2).count > most { low *= 2 }
    var high = low * 2
    for _ in 0..<12 {
      let middle = (low + high) / 2
      if bins(buckets, total, tolerance: middle).count > most { low = middle } else { high = middle }
    }
    return bins(buckets, total, tolerance: high)
  }

  private static func bins(_ buckets: [Bucket], _ total: UInt64, tolerance: Double) -> [Range<Int>] {
    var bins: [Range<Int>] = []
    var (start, seen) = (0, UInt64(0))
    var width = tolerance
    for (index, bucket) in buckets.enumerated() {
      let lower = buckets[start].lower
      if index > start, bucket.upper - lower > width * lower {
        bins.append(start..<index)
        start = index
        width = Double(seen) < 0.85 * Double(total) ? tolerance : tolerance / 4
      }
      seen += bucket.count
    }
    bins.append(start..<buckets.count)
    return bins
  }

  private mutating func add(_ bin: ArraySlice<Bucket>) {
    guard let first = bin.first, let last = bin.last else { return }
    let count = bin.reduce(0) { $0 + $1.count }
    let mean = bin.reduce(0) { $0 + $1.middle * (Double($1.count) / Double(count)) }
    let value = rounded(mean, significant: 6)
    values.append(value)
    counts.append(count)
    // The bucket at zero holds zeros.
    guard first.lower > 0 else { return }
    greatestError = max(greatestError, (value - first.lower) / first.lower, (last.upper - value) / last.upper)
  }
}

/// What CloudWatch takes lies between this and its negative.
let greatestEMFValue = 0x1p360

/// To so many significant decimal digits: a number as people write it is a third as long.
func rounded(_ value: Double, significant digits: Int) -> Double {
  guard value.isFinite, value != 0 else { return value }
  var (scale, power) = (1.0, 1.0)
  for _ in 1..<digits { power *= 10 }
  // 10^22 is the largest power of ten that a double has exactly.
  while abs(value) * scale < power, scale < 1e22 { scale *= 10 }
  if abs(value) * scale < power || abs(value) >= 1e15 { return value }
  return (value * scale).rounded() / scale
}
