import FoundationEssentials

/// On the wire: version byte 1, then for every bucket that holds something the distance from the one before
/// and the count, both as LEB128 (the first distance zigzag, because it may be negative); zlib; base64.
extension Histogram: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let data = Data(base64Encoded: text), let bytes = inflated([UInt8](data)),
      let histogram = Histogram(bytes: bytes)
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected a histogram: base64 of zlib of buckets, version 1")
    }
    self = histogram
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Data(deflated(bytes)).base64EncodedString())
  }

  private var bytes: [UInt8] {
    var bytes = VarintBytes(version: 1)
    var previous: Int?
    for (bucket, count) in buckets {
      if let previous { bytes.append(UInt64(bucket - previous)) } else { bytes.append(zigzag: Int64(bucket)) }
      bytes.append(count)
      previous = bucket
    }
    return bytes.bytes
  }

  private init?(bytes: [UInt8]) {
    self.init()
    guard var reader = VarintReader(bytes, version: 1) else { return nil }
    var bucket = 0
    var total: UInt64 = 0
    var isFirst = true
    while !reader.isAtEnd {
      guard
        let step = isFirst ? reader.zigzag().map(Int.init) : reader.unsigned().flatMap({ Int(exactly: $0) }),
        let count = reader.unsigned(), count > 0, isFirst || step > 0
      else { return nil }
      let (sum, overflow) = bucket.addingReportingOverflow(step)
      guard !overflow, (-(1 << 21)..<(1 << 21)).contains(sum), count < mostSamples else { return nil }
      bucket = sum
      total += count
      guard total < mostSamples else { return nil }
      isFirst = false
      add(count, to: bucket)
    }
  }
}
