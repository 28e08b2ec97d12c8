import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

/// What Foundation's decoder makes of a line: the oracle.
private struct OracleLine: Decodable {
  struct Body: Decodable {
    let time: String?
    let value: Double?
    let tags: [String: String]?
    let name: String?
    let type: String?
    let contains: String?
  }
  let type: String
  let metric: String
  let data: Body
}

/// A line as both readers see it; `nil` when it is malformed.
private enum SeenLine: Equatable {
  case point(metric: String, time: UTCInstant, value: Double, tags: [String: String])
  case metric(name: String, type: String)
}

@Suite struct StreamLineTests {
  private func strict(_ text: [UInt8]) -> SeenLine? {
    var line = StreamLine()
    guard (try? line.read(text.span)) != nil else { return nil }
    func string(_ slice: TextSlice) -> String { slice.string(text.span, line.scratch) }
    if line.kind == .metric { return .metric(name: string(line.metric), type: line.metricType.rawValue) }
    var tags: [String: String] = [:]
    for tag in line.tags { tags[string(tag.key)] = string(tag.value) }
    return .point(metric: string(line.metric), time: line.time, value: line.value, tags: tags)
  }

  private func oracle(_ text: [UInt8]) -> SeenLine? {
    guard let line = try? JSONDecoder().decode(OracleLine.self, from: Data(text)) else { return nil }
    if line.type == "Metric", let type = line.data.type, MetricType(rawValue: type) != nil {
      return .metric(name: line.metric, type: type)
    }
    guard line.type == "Point", let time = line.data.time,
      let instant = UTCInstant(rfc3339: Array(time.utf8).span),
      let value = line.data.value, let tags = line.data.tags
    else { return nil }
    return .point(metric: line.metric, time: instant, value: value, tags: tags)
  }

  @Test(arguments: recordedStreams) func `every line of real k6 reads as in Foundation`(stream: String) throws
  {
    for text in lines(try recorded(stream)) {
      let (mine, theirs) = (strict(text), oracle(text))
      #expect(mine == theirs, "\(String(decoding: text, as: UTF8.self))")
      if theirs == nil {
        #expect(String(decoding: text, as: UTF8.self).contains("Inf"), "only infinities are no JSON")
      }
    }
  }

  @Test(arguments: [
    "k6-0.57.0/odd.ndjson", "k6-1.1.0/mixed.ndjson", "k6-2.2.0/mixed.ndjson", "k6-2.2.0/nan.ndjson",
  ])
  func `mutated lines are right or malformed for both readers alike`(stream: String) throws {
    var random = SeededGenerator(seed: 42)
    let originals = lines(try recorded(stream)).prefix(400)
    var (tried, accepted) = (0, 0)
    for original in originals {
      for _ in 0..<6 {
        let text = mutated(original, using: &random)
        if hasRepeatedKey(text) { continue }
        guard String(validating: text, as: UTF8.self) != nil else {
          // Foundation looks at the strings that it is asked for only; here the whole line must be UTF-8.
          #expect(strict(text) == nil)
          continue
        }
        let (mine, theirs) = (strict(text), oracle(text))
        #expect(mine == theirs, "\(String(decoding: text, as: UTF8.self))")
        tried += 1
        if mine != nil { accepted += 1 }
      }
    }
    #expect(accepted > tried / 20 && accepted < tried, "\(accepted) of \(tried): both kinds must occur")
  }

  private func mutated(_ line: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
    var text = line
    for _ in 0..<Int.random(in: 1...3, using: &random) where text.count > 2 {
      let at = Int.random(in: 0..<text.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: text[at] = UInt8.random(in: 0...255, using: &random)
      case 1: text.remove(at: at)
      case 2:
        text.insert(Array(" \t\r{}[]\",:\\/eE+-.0123456789untf".utf8).randomElement(using: &random)!, at: at)
      case 3: text.removeSubrange(at..<min(text.count, at + Int.random(in: 1...20, using: &random)))
      case 4: text.insert(contentsOf: Array("\\u00e9".utf8), at: at)
      default: text.swapAt(at, Int.random(in: 0..<text.count, using: &random))
      }
    }
    return text
  }

  /// Which of two equal keys wins is nobody's rule; k6 never writes them.
  private func hasRepeatedKey(_ text: [UInt8]) -> Bool {
    [
      "\"type\":", "\"metric\":", "\"data\":", "\"time\":", "\"value\":", "\"tags\":", "\"group\":",
      "\"name\":",
    ].contains {
      String(decoding: text, as: UTF8.self).components(separatedBy: $0).count > 3
    }
  }

  @Test func `keys in any order, spaces and unknown members are fine`() {
    let text =
      #" { "data" : { "tags" : {"a":"\u00e9\ud83d\ude00"} , "more":[1,{"x":null},true], "value":-1.5e-3,"time":"2026-11-23T00:00:00Z" } ,"metric":"mm", "type":"Point","metadata":{"vu":"1"}} "#
    let expected = SeenLine.point(
      metric: "mm", time: UTCInstant(rfc3339: Array("2026-11-23T00:00:00Z".utf8).span)!, value: -0.0015,
      tags: ["a": "é😀"])
    #expect(strict(Array(text.utf8)) == expected)
  }

  @Test(arguments: ["+Inf", "-Inf", "Inf"]) func `infinities are told from other faults`(value: String) {
    let text = Array(
      #"{"metric":"mm","type":"Point","data":{"time":"2026-11-23T00:00:00Z","value":\#(value),"tags":{}}}"#
        .utf8)
    var line = StreamLine()
    #expect(throws: LineError.infinite) { try line.read(text.span) }
  }

  @Test func `numbers are rounded as the standard library rounds them`() throws {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let digits = Int.random(in: 1...20, using: &random)
      for text in [
        "\(value)", String(format: "%.\(digits)e", value),
        String(format: "%.6f", value.remainder(dividingBy: 1e9)),
      ] {
        var at = 0
        let read = try StrictJSON.number(Array(text.utf8).span, &at)
        if read != Double(text) || at != text.utf8.count { Issue.record("\(text) was read as \(read)") }
      }
    }
  }

  @Test(arguments: ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "0x1", "1e400", "NaN"])
  func `numbers that JSON does not have`(text: String) {
    var at = 0
    let isNumber = (try? StrictJSON.number(Array(text.utf8).span, &at)) != nil && at == text.utf8.count
    #expect(!isNumber)
  }

  @Test func `deep nesting is refused, not a stack overflow`() {
    let text = Array((#"{"x":"# + String(repeating: "[", count: 100_000)).utf8)
    var line = StreamLine()
    #expect(throws: LineError.self) { try line.read(text.span) }
  }
}
