/// How often which values occurred: buckets at most 2^-10 wide, so that a value read from it is within
/// 0.05 % of the true one. Any sign, any unit, zero included.
///
/// A bucket is a double's sign, exponent and top ten bits of mantissa: integer arithmetic, so the same samples
/// give the same histogram in any order and a merge is a sum. For positive values this is the layout of an HDR
/// histogram with 1,024 buckets an octave. Pages of 128 buckets are allocated on use.
package struct Histogram: Sendable, Equatable {
  private static let pageSize = 128
  /// Sorted. Page `k` holds the buckets `k * 128 ..< (k + 1) * 128`.
  private var pages: [Int32] = []
  private var counts: [UInt64] = []
  private var lastSlot = 0

  package init() {}

  package static func == (left: Histogram, right: Histogram) -> Bool {
    left.pages == right.pages && left.counts == right.counts
  }

  /// Buckets are numbered in the order of their values: -1 is the negative one nearest to zero.
  static func bucket(of value: Double) -> Int {
    let index = Int(value.bitPattern >> 42)
    return value.sign == .minus ? -(index & 0x1F_FFFF) - 1 : index
  }

  /// The middle of a bucket; the two buckets at zero hold zero and numbers below 2^-1022, and read as zero.
  package static func value(of bucket: Int) -> Double {
    if bucket < 0 { return -value(of: -bucket - 1) }
    if bucket == 0 { return 0 }
    let low = Double(bitPattern: UInt64(bucket) << 42)
    return low + (Double(bitPattern: UInt64(bucket + 1) << 42) - low) / 2
  }

  package mutating func record(_ value: Double, count: UInt64 = 1) { add(count, to: Self.bucket(of: value)) }

  mutating func add(_ count: UInt64, to bucket: Int) {
    let page = Int32(bucket >> 7)
    if lastSlot >= pages.count || pages[lastSlot] != page { lastSlot = slot(for: page) }
    counts[lastSlot * Self.pageSize + (bucket & 127)] += count
  }

  private mutating func slot(for page: Int32) -> Int {
    var (low, high) = (0, pages.count)
    while low < high {
      let middle = (low + high) / 2
      if pages[middle] < page { low = middle + 1 } else { high = middle }
    }
    if low == pages.count || pages[low] != page {
      pages.insert(page, at: low)
      counts.insert(contentsOf: repeatElement(0, count: Self.pageSize), at: low * Self.pageSize)
    }
    return low
  }

  package mutating func merge(_ other: Histogram) {
    for (index, page) in other.pages.enumerated() {
      let slot = slot(for: page)
      for offset in 0..<Self.pageSize {
        counts[slot * Self.pageSize + offset] += other.counts[index * Self.pageSize + offset]
      }
    }
  }

  /// What was recorded since `earlier`, a state that this histogram has been in.
  package func subtracting(_ earlier: Histogram) -> Histogram {
    var rest = self
    for (index, page) in earlier.pages.enumerated() {
      let slot = rest.slot(for: page)
      for offset in 0..<Self.pageSize {
        let (now, before) = (
          rest.counts[slot * Self.pageSize + offset], earlier.counts[index * Self.pageSize + offset]
        )
        rest.counts[slot * Self.pageSize + offset] = now > before ? now - before : 0
      }
    }
    return rest
  }

  /// The buckets that hold something, in the order of their values.
  package var buckets: [(bucket: Int, count: UInt64)] {
    var found: [(bucket: Int, count: UInt64)] = []
    for (slot, page) in pages.enumerated() {
      for offset in 0..<Self.pageSize where counts[slot * Self.pageSize + offset] > 0 {
        found.append((Int(page) * Self.pageSize + offset, counts[slot * Self.pageSize + offset]))
      }
    }
    return found
  }

  package var count: UInt64 { counts.reduce(0, +) }

  /// The value at a nearest rank, `quantile` in 0...1: within 0.05 % of the sample of that rank.
  /// - Returns: `nil` when nothing was recorded.
  package func value(at quantile: Double) -> Double? {
    let total = count
    guard total > 0 else { return nil }
    let rank = min(max(UInt64((quantile * Double(total)).rounded(.up)), 1), total)
    var seen: UInt64 = 0
    for (bucket, count) in buckets {
      seen += count
      if seen >= rank { return Self.value(of: bucket) }
    }
    return nil
  }
}

extension Histogram {
  /// Whether the samples may have been these: as many, the smallest and the largest in its outermost buckets.
  func agrees(count: UInt64, min: Double?, max: Double?) -> Bool {
    let buckets = buckets
    return self.count == count && buckets.first?.bucket == min.map(Self.bucket)
      && buckets.last?.bucket == max.map(Self.bucket)
  }

  /// The bounds of the bucket that holds the sample of a rank, counted from 0.
  package func bucketBounds(rank: UInt64) -> (lower: Double, upper: Double)? {
    var seen: UInt64 = 0
    for (bucket, count) in buckets {
      seen += count
      if seen > rank { return (Self.edge(bucket), Self.edge(bucket + 1)) }
    }
    return nil
  }

  /// The edge of a bucket that is nearer to minus infinity.
  package static func edge(_ bucket: Int) -> Double {
    bucket >= 0 ? Double(bitPattern: UInt64(bucket) << 42) : -Double(bitPattern: UInt64(-bucket) << 42)
  }
}
