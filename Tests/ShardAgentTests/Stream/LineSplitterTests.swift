import TestSupport
import Testing

@testable import ShardAgent

@Suite struct LineSplitterTests {
  private func split(_ chunks: [[UInt8]]) -> (lines: [[UInt8]], tooLong: Int, rest: [UInt8]) {
    var splitter = LineSplitter()
    var (lines, tooLong) = ([[UInt8]](), 0)
    for chunk in chunks {
      splitter.feed(chunk.span) { line in
        lines.append((0..<line.count).map { line[$0] })
      } tooLong: {
        tooLong += 1
      }
    }
    return (lines, tooLong, splitter.takeRest())
  }

  @Test func `lines are the same however the stream is cut`() throws {
    let stream = try recorded("k6-1.1.0/odd.ndjson")
    var random = SeededGenerator(seed: 6)
    for _ in 0..<50 {
      var chunks: [[UInt8]] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let size = Int.random(in: 1...3000, using: &random)
        chunks.append(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      #expect(split(chunks).lines == lines(stream))
    }
  }

  @Test func `a line of a mebibyte comes through, one over the limit is left out and told`() {
    let long = [UInt8](repeating: 97, count: 1 << 20)
    #expect(split([long, [10, 98, 10]]).lines == [long, [98]])
    let half = [UInt8](repeating: 97, count: LineSplitter.longestLine / 2 + 1)
    let (lines, tooLong, rest) = split([half, half, half, [10, 98, 10, 99]])
    #expect(lines == [[98]])
    #expect(tooLong == 1)
    #expect(rest == [99])
  }
}
