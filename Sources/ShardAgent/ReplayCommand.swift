import ArgumentParser
import Shared
import SystemPackage

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Aggregates a recorded stream of k6's.",
    discussion: """
      Reads what k6 wrote with --out json=FILE through the same reader and aggregator as a shard, and prints what came \
      of it: the counts of the stream, and every series. For looking into a stream, and for measuring.

        k6 run --out json=samples.json load.js && shard-agent replay samples.json
      """)

  @Argument(help: ArgumentHelp("The stream, one JSON object a line.", valueName: "file"))
  var file: String
  @Option(help: ArgumentHelp("How many series are kept apart.", valueName: "n"))
  var seriesCap = 500

  private struct Replay: Encodable {
    let stream: StreamHealth
    let metrics: [SeriesRecord]
  }

  mutating func run() throws {
    guard (1...100_000).contains(seriesCap) else {
      throw ValidationError("--series-cap is \(seriesCap): expected a whole number from 1 to 100000")
    }
    let stream = SampleStream(reportTags: SampleAggregator.usualReportTags, seriesCap: seriesCap)
    stream.with { $0.startWithFirstSample() }
    do {
      let input = try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
      try input.closeAfter {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = try buffer.withUnsafeMutableBytes({ try input.read(into: $0) }), count > 0 {
          stream.take(buffer.span.extracting(0..<count))
        }
      }
    } catch let error as Errno {
      writeError("shard-agent: \(file) cannot be read: \(error)\n")
      throw ExitCode(64)
    }
    stream.finish()
    let replay = stream.with { Replay(stream: $0.health, metrics: $0.seriesRecords()) }
    _ = try FileDescriptor.standardOutput.writeAll(encoded(replay))
  }
}
