import TestSupport
import Testing

@testable import Shared

@Suite struct AggregateTests {
  private func instant(_ seconds: Double) -> UTCInstant { UTCInstant(nanoseconds: Int64(seconds * 1e9)) }

  @Test func `counts over time add up, and a window takes whole tenths`() {
    var counts = CountsOverTime()
    counts.add(1, atNanoseconds: 0)
    counts.add(2, atNanoseconds: 99_999_999)
    counts.add(4, atNanoseconds: 100_000_000)
    counts.add(8, atNanoseconds: 1_950_000_000)
    var other = CountsOverTime()
    other.add(16, atNanoseconds: 150_000_000)
    counts.merge(other)
    #expect(counts.sum(0..<1) == 3)
    #expect(counts.sum(1..<20) == 28)
    #expect(counts.sum(0..<1000) == 31)
    #expect(counts.perSecond == [23, 8])
  }

  @Test func `counts over time survive the wire`() throws {
    var counts = CountsOverTime()
    for tenth in [0, 1, 2, 3, 50, 51, 400] {
      counts.add(Double(tenth), atNanoseconds: Int64(tenth) * 100_000_000)
    }
    #expect(try decoded(CountsOverTime.self, from: encoded(counts), name: "wire") == counts)
    for bad in ["[[1,0]]", "[[1,1e9]]", "[[1]]", "[\"x\"]", "5"] {
      #expect(throws: UnreadableDocument.self) {
        try decoded(CountsOverTime.self, from: Array(bad.utf8), name: "bad")
      }
    }
  }

  @Test func `a gauge is the latest sample's, ties to the one that is merged later`() {
    var first = GaugeAggregate()
    first.record(5, at: instant(2))
    first.record(9, at: instant(1))
    #expect(first.last?.value == 5)
    var second = GaugeAggregate()
    second.record(7, at: instant(2))
    first.merge(second)
    #expect(first.last?.value == 7)
    #expect((first.min, first.max) == (5, 9))
  }

  @Test func `vus are summed second by second, whatever the order of the shards`() {
    let shards = [[1.0, 2, 2, 0], [3, 3, 4], [10, 10, 10, 10, 10]].map { values in
      var gauge = GaugeAggregate()
      for (second, value) in values.enumerated() {
        gauge.recordSummed(value, at: instant(Double(second) + 0.4), second: Int64(second))
      }
      return gauge
    }
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
      var merged = shards[order[0]]
      for index in order.dropFirst() { merged.merge(shards[index]) }
      #expect(merged.perSecond == [14, 15, 16, 10, 10])
      #expect(merged.last?.value == 16, "the last second in which all had a sample")
      #expect(merged.max == 16)
    }
  }

  @Test func `records bring every type back`() throws {
    var trend = TrendAggregate(limits: [800, 5])
    for value in [1.0, 5, 800, 900.25, -3] { trend.record(value) }
    var counter = CounterAggregate()
    counter.record(2, at: 150_000_000)
    var rate = RateAggregate()
    rate.record(1)
    rate.record(0)
    var gauge = GaugeAggregate()
    gauge.record(4, at: instant(1))
    for aggregate in [Aggregate.trend(trend), .counter(counter), .rate(rate), .gauge(gauge)] {
      let record = SeriesRecord(metric: "mm", contains: .time, tags: ["a": "b"], aggregate: aggregate)
      let back = try decoded(SeriesRecord.self, from: encoded(record), name: "wire")
      #expect(try back.aggregate() == aggregate)
    }
  }

  @Test(arguments: [
    #"{"metric":"mm","type":"rate","contains":"default","tags":{},"count":1,"passes":2}"#,
    #"{"metric":"mm","type":"counter","contains":"default","tags":{},"count":1,"sum":1}"#,
    #"{"metric":"mm","type":"trend","contains":"time","tags":{},"count":1,"sum_exact":"0x0p+0","min":1,"max":1}"#,
    #"{"metric":"mm","type":"gauge","contains":"default","tags":{},"count":1}"#,
  ])
  func `records whose members cannot belong together are refused`(text: String) throws {
    let record = try decoded(SeriesRecord.self, from: Array(text.utf8), name: "bad")
    #expect(throws: RecordContradiction.self) { try record.aggregate() }
  }

  @Test func `different types do not merge`() {
    var aggregate = Aggregate(.rate)
    let isMerged = aggregate.merge(Aggregate(.trend))
    #expect(!isMerged)
  }
}
