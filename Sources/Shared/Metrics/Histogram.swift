/// How often which values occurred: buckets at most 2^-10 wide, so that a value read from it is within
/// 0.05 % of the true one. Any sign, any unit, zero included.
///
/// A bucket is a double's sign, exponent and top ten bits of mantissa: integer arithmetic, so the same samples
/// give the same histogram in any order and a merge is a sum. For positive values this is the layout of an HDR
/// histogram with 1,024 buckets an octave. Octaves are allocated on use, 2 KiB each: the histograms of some hundred
/// series are then small enough to be found in the processor's cache.
package struct Histogram: Sendable, Equatable {
  private static let octaveSize = 1024
  private static let emptyOctave = [UInt16](repeating: 0, count: octaveSize)
  /// Which place in `counts`, in octaves, each octave from the first to the last one has; -1 without samples.
  private var places: [Int16] = []
  private var firstOctave = 0
  /// The low 16 bits of a bucket's count.
  private var counts: [UInt16] = []
  /// The bits above, of the few buckets that have any.
  private var carries: [Int: UInt64] = [:]

  package init() {}

  package static func == (left: Histogram, right: Histogram) -> Bool {
    (left.firstOctave, left.places, left.counts) == (right.firstOctave, right.places, right.counts)
      && left.carries == right.carries
      // The octaves may have come in another order.
      || left.buckets.elementsEqual(right.buckets, by: ==)
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

  package mutating func record(_ values: [Double], _ range: Range<Int>) {
    for index in range {
      let bucket = Self.bucket(of: values[index])
      let place = place(bucket)
      counts[place] &+= 1
      if counts[place] == 0 { carries[bucket, default: 0] += 1 }
    }
  }

  mutating func add(_ count: UInt64, to bucket: Int) {
    let place = place(bucket)
    let sum = UInt64(counts[place]) + count
    counts[place] = UInt16(truncatingIfNeeded: sum)
    if sum >> 16 > 0 { carries[bucket, default: 0] += sum >> 16 }
  }

  /// Where in `counts` a bucket is; its octave is made if there is none.
  @inline(__always) private mutating func place(_ bucket: Int) -> Int {
    let octave = bucket >> 10
    var index = octave - firstOctave
    if index < 0 || index >= places.count || places[index] < 0 { index = makeOctave(octave) }
    return Int(places[index]) &* Self.octaveSize &+ (bucket & 1023)
  }

  /// - Returns: its index in `places`.
  private mutating func makeOctave(_ octave: Int) -> Int {
    if places.isEmpty { firstOctave = octave }
    if octave < firstOctave {
      places.insert(contentsOf: repeatElement(-1, count: firstOctave - octave), at: 0)
      firstOctave = octave
    }
    let index = octave - firstOctave
    while places.count <= index { places.append(-1) }
    if places[index] < 0 {
      places[index] = Int16(counts.count / Self.octaveSize)
      counts.append(contentsOf: Self.emptyOctave)
    }
    return index
  }

  package mutating func merge(_ other: Histogram) {
    for (bucket, count) in other.buckets { add(count, to: bucket) }
  }

  /// What was recorded since `earlier`, a state that this histogram has been in.
  package func subtracting(_ earlier: Histogram) -> Histogram {
    var rest = Histogram()
    for (bucket, now) in buckets {
      let before = earlier.count(in: bucket)
      if now > before { rest.add(now - before, to: bucket) }
    }
    return rest
  }

  private func count(in bucket: Int) -> UInt64 {
    let index = bucket >> 10 - firstOctave
    guard places.indices.contains(index), places[index] >= 0 else { return 0 }
    return UInt64(counts[Int(places[index]) * Self.octaveSize + bucket & 1023]) + (carries[bucket] ?? 0) << 16
  }

  /// The buckets that hold something, in the order of their values.
  package var buckets: [(bucket: Int, count: UInt64)] {
    var found: [(bucket: Int, count: UInt64)] = []
    for (index, place) in places.enumerated() where place >= 0 {
      let first = Int(place) * Self.octaveSize
      for offset in 0..<Self.octaveSize {
        let bucket = (firstOctave + index) * Self.octaveSize + offset
        let carry = carries.isEmpty ? 0 : carries[bucket] ?? 0
        let count = UInt64(counts[first + offset]) + carry << 16
        if count > 0 { found.append((bucket, count)) }
      }
    }
    return found
  }

  package var count: UInt64 {
    counts.reduce(0) { $0 + UInt64($1) } + carries.values.reduce(0) { $0 + $1 << 16 }
  }

  /// The value at a nearest rank, `quantile` in 0...1: within 0.05 % of the sample of that rank.
  /// - Returns: `nil` when nothing was recorded.
  package func value(at quantile: Double) -> Double? {
    let total = count
    guard total > 0 else { return nil }
    let rank = min(max(UInt64((quantile * Double(total)).rounded(.up)), 1), total)
    return value(rank: rank - 1)
  }

  /// The value at a rank, counted from 0.
  func value(rank: UInt64) -> Double? {
    var seen: UInt64 = 0
    for (bucket, count) in buckets {
      seen += count
      if seen > rank { return Self.value(of: bucket) }
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
