import Shared

/// What libFuzzer calls with every input that it thinks of. The first four bytes say how the rest is taken in; the rest
/// is a stream. All ways of reading must come to the same, and none may crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func readBothWays(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 4 else { return 0 }
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  let taking = Taking(input[0], input[1], input[2], input[3])
  let stream = taking.stream(input[4...])
  let plain = gathered(stream, taking, isStrict: true, remembersTags: false)
  guard gathered(stream, taking, isStrict: false) == plain, gathered(stream, taking, isStrict: true) == plain
  else {
    fatalError("the usual, the strict and the plain way came to different ends")
  }
  return 0
}

private struct Taking {
  let cap: Int
  let chunk: Int
  let selectsAfterChunks: Int
  let startsLate: Bool
  let isDeclared: Bool
  let isRepeated: Bool

  init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ flags: UInt8) {
    cap = first < 128 ? Int(first % 8) + 1 : 500
    chunk = second == 0 ? 1 << 20 : Int(second) * 7
    selectsAfterChunks = Int(third % 4)
    startsLate = flags & 1 == 1
    isDeclared = flags & 2 == 0
    isRepeated = flags & 4 == 0
  }

  /// With k6's declarations in front, so that points count, and twice, so that the second time all is known.
  func stream(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let once = Array(bytes)
    return (isDeclared ? declarations : []) + once + (isRepeated ? [10] + once : [])
  }
}

private let declarations: [UInt8] = [
  ("http_reqs", "counter"), ("http_req_duration", "trend"), ("http_req_failed", "rate"), ("vus", "gauge"),
  ("iterations", "counter"), ("odd", "gauge"),
].flatMap { name, type in
  Array(
    #"{"type":"Metric","data":{"name":"\#(name)","type":"\#(type)","contains":"default"},"metric":"\#(name)"}"#
      .utf8)
    + [10]
}

private struct Gathered: Equatable {
  let health: StreamHealth
  let loadPoints: UInt64
  let series: [SeriesRecord]
  let submetrics: [ShardSummary.Submetric]
}

private func gathered(
  _ bytes: [UInt8], _ taking: Taking, isStrict: Bool, remembersTags: Bool = true
) -> Gathered {
  let stream = SampleStream(
    reportTags: SampleAggregator.usualReportTags, seriesCap: taking.cap, isStrict: isStrict,
    remembersTags: remembersTags)
  let selectors = ["http_req_duration{status:500}", "http_reqs{url:http://a/}", "vus"].map {
    (selector: try! MetricSelector($0), limits: [0.5, 400])
  }
  for (number, start) in stride(from: 0, to: bytes.count, by: taking.chunk).enumerated() {
    if number == taking.selectsAfterChunks {
      stream.with { $0.select(selectors) }
      stream.with { aggregator in
        if taking.startsLate {
          aggregator.start(at: UTCInstant(nanoseconds: 1_795_400_041_000_000_000))  // 2026-11-23T02:14:01Z
        } else {
          aggregator.startWithFirstSample()
        }
      }
    }
    stream.take(bytes.span.extracting(start..<min(start + taking.chunk, bytes.count)))
  }
  stream.finish()
  return stream.with {
    Gathered(
      health: $0.health, loadPoints: $0.loadPoints, series: $0.seriesRecords(),
      submetrics: $0.submetricRecords())
  }
}
