import ArgumentParser
import Glibc
import Shared
import SystemPackage

struct ReplayCommand: AsyncParsableCommand {
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
  @Flag(
    help:
      "Make a named pipe there, and read it as a shard does from the first byte until its writer has closed it."
  )
  var fifo = false
  @Flag(help: "Read the file into memory first, and say on stderr how much CPU time the rest took.")
  var measure = false
  @Flag(help: "Read every line the strict way: to compare with.")
  var strict = false

  private struct Replay: Encodable {
    let stream: StreamHealth
    let metrics: [SeriesRecord]
  }

  func validate() throws {
    guard (1...100_000).contains(seriesCap) else {
      throw ValidationError("--series-cap is \(seriesCap): expected a whole number from 1 to 100000")
    }
    guard !fifo || !measure else {
      throw ValidationError(
        "--fifo and --measure do not go together: a pipe cannot be read before it is written")
    }
  }

  func run() async throws {
    let stream = SampleStream(
      reportTags: SampleAggregator.usualReportTags, seriesCap: seriesCap, isStrict: strict)
    stream.with { $0.startWithFirstSample() }
    do {
      if fifo { try await readPipe(stream) } else { try readFile(stream) }
    } catch Errno.fileExists where fifo {
      writeError("shard-agent: \(file) is there already: expected a path at which --fifo can make a pipe\n")
      throw ExitCode(64)
    } catch let error as Errno {
      writeError("shard-agent: \(file) cannot be read: \(error)\n")
      throw ExitCode(64)
    }
    stream.finish()
    let replay = stream.with { Replay(stream: $0.health, metrics: $0.seriesRecords()) }
    _ = try FileDescriptor.standardOutput.writeAll(encoded(replay))
  }

  private func readFile(_ stream: SampleStream) throws {
    if measure { return try readMeasured(stream) }
    let input = try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
    try input.closeAfter {
      var buffer = [UInt8](repeating: 0, count: 1 << 19)
      while case let count = try buffer.withUnsafeMutableBytes({ try input.read(into: $0) }), count > 0 {
        stream.take(buffer.span.extracting(0..<count))
      }
    }
  }

  private func readMeasured(_ stream: SampleStream) throws {
    let bytes = try Shared.readFile(FilePath(file))
    let before = threadCPUSeconds()
    for start in stride(from: 0, to: bytes.count, by: 1 << 19) {
      stream.take(bytes.span.extracting(start..<min(start + 1 << 19, bytes.count)))
    }
    let seconds = threadCPUSeconds() - before
    let measurement: [String: JSONValue] = [
      "lines": .number(Double(stream.with(\.health.lines))), "bytes": .number(Double(bytes.count)),
      "cpu_seconds": .number(seconds),
    ]
    writeError(JSONValue.object(measurement).line)
  }

  private func readPipe(_ stream: SampleStream) async throws {
    let (arrived, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let pipe = try SampleFIFO(path: file) {
      stream.take($0)
      arrival.yield()
    }
    defer { unlink(file) }
    // Somebody writes; when everybody has closed it, that is its end.
    for await _ in arrived { break }
    await pipe.finish()
  }
}

private func threadCPUSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
