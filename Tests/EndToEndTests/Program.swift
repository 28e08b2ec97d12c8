import Foundation
import Synchronization
import TestSupport
import Testing

/// A built program of this package, run as a user runs it.
final class Program: Sendable {
  struct Ending {
    let code: Int32
    let output: String
    let errors: String
  }

  /// Where the build put the programs: beside the tests.
  static let folder: URL = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: own).deletingLastPathComponent()
  }()

  private let process: Mutex<Process>
  private let output: Task<Data, Never>
  private let errors: Task<Data, Never>
  let processID: Int32

  init(_ name: String, _ arguments: [String], environment: [String: String] = [:], at path: URL? = nil) throws
  {
    let process = Process()
    process.executableURL = path ?? Self.folder.appending(path: name)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError, process.standardInput) = (
      output, errors, FileHandle.nullDevice
    )
    try process.run()
    processID = process.processIdentifier
    self.process = Mutex(process)
    self.output = Self.collect(output.fileHandleForReading)
    self.errors = Self.collect(errors.fileHandleForReading)
  }

  private static func collect(_ handle: FileHandle) -> Task<Data, Never> {
    Task.detached {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          let data = (try? handle.readToEnd()) ?? Data()
          // Foundation's Process is never let go, and its pipes with it.
          try? handle.close()
          continuation.resume(returning: data)
        }
      }
    }
  }

  var isRunning: Bool { process.withLock(\.isRunning) }

  func signal(_ number: Int32) { kill(processID, number) }

  /// Waits for its end.
  func ending() async -> Ending {
    let (output, errors) = (await output.value, await errors.value)
    while process.withLock(\.isRunning) { try? await Task.sleep(for: .milliseconds(5)) }
    let ended = process.withLock { ($0.terminationStatus, $0.terminationReason) }
    return Ending(
      code: ended.1 == .uncaughtSignal ? 128 + ended.0 : ended.0,
      output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], at path: URL? = nil
  ) async throws -> Ending {
    try await Program(name, arguments, environment: environment, at: path).ending()
  }

  /// A test that failed leaves no load behind.
  deinit { process.withLock { if $0.isRunning { $0.terminate() } } }
}

/// The k6 versions that `make test` installs.
enum K6: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case oldest = "0.57.0"
  case newest = "1.1.0"

  var path: String { repositoryRoot().appending(path: ".tools/k6-\(rawValue)/bin/k6").path }
  var testDescription: String { "k6 \(rawValue)" }

  /// On a laptop without them these tests are skipped; in CI they fail.
  static var areThere: Bool {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || allCases.allSatisfy { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}

/// Options of `coordinator run` for tests whose subject is another: several k6 that start at once on two CPUs do wait
/// for them.
let ignoringSaturation: [String] = {
  let file = FileManager.default.temporaryDirectory.appending(path: "k6-grid-ignoring-saturation.yml")
  try? "generator: { cpu: off, throttled: off, run_delay: off }\n".write(
    to: file, atomically: true, encoding: .utf8)
  return ["--config", file.path]
}()

/// The staging API on a port of its own.
final class StagingServer: Sendable {
  let address: String
  private let program: Program

  init() async throws {
    let file = try temporaryFolder().appending(path: "address")
    program = try Program("StagingAPI", ["--address-file", file.path])
    var found: String?
    for _ in 0..<200 where found == nil {
      found = try? String(contentsOf: file, encoding: .utf8)
      try await Task.sleep(for: .milliseconds(50))
    }
    address = try #require(found, "the staging API did not start")
  }

  /// How many requests it has answered.
  func total() async throws -> Int { try #require(try await counts()["total"]) }

  /// How many requests came with which X-Api-Token.
  func tokens() async throws -> [String: Int] { try await numbers("_tokens") }

  /// The same by endpoint.
  func counts() async throws -> [String: Int] { try await numbers("_counts") }

  private func numbers(_ name: String) async throws -> [String: Int] {
    let counts = try await Program.run(
      "",
      [
        "-c", "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())",
        "\(address)/\(name)",
      ],
      at: URL(fileURLWithPath: "/usr/bin/env").deletingLastPathComponent().appending(path: "python3"))
    let json = try JSONSerialization.jsonObject(with: Data(counts.output.utf8)) as? [String: Int]
    return try #require(json)
  }
}

/// A run's `result.json`, as far as the tests read it.
struct StoredResult: Decodable {
  struct Threshold: Decodable {
    let selector, expression, source, outcome: String
    let actual: Double?
    let isExact: Bool
    private enum CodingKeys: String, CodingKey {
      case selector, expression, source, outcome, actual
      case isExact = "actual_is_exact"
    }
  }
  struct Shard: Decodable {
    let outcome: String
    let reason: String?
    let requests: Int
    let loadEndedAt: String?
    private enum CodingKeys: String, CodingKey {
      case outcome, reason, requests
      case loadEndedAt = "load_ended_at"
    }
  }
  struct Window: Decodable {
    let startSkewSeconds: Double?
    let plannedSeconds: Double?
    let wallSeconds: Double?
    let seconds: Double?
    private enum CodingKeys: String, CodingKey {
      case startSkewSeconds = "start_skew_seconds"
      case plannedSeconds = "planned_seconds"
      case wallSeconds = "wall_seconds"
      case seconds
    }
  }
  struct Series: Decodable {
    let metric: String
    let count: Int
  }
  let verdict: String
  let reasons: [String]
  let thresholds: [Threshold]
  let shards: [Shard]
  let window: Window
  let metrics: [Series]
  let finishedAt: String

  private enum CodingKeys: String, CodingKey {
    case verdict, reasons, thresholds, shards, window, metrics
    case finishedAt = "finished_at"
  }

  /// Seconds from the end of the last shard's load to the verdict.
  var secondsToVerdict: Double? {
    func date(_ text: String) -> Date? {
      try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
    guard let last = shards.compactMap(\.loadEndedAt).compactMap(date).max(), let end = date(finishedAt)
    else {
      return nil
    }
    return end.timeIntervalSince(last)
  }

  init(in folder: URL) throws {
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("20") }
    let run = try #require(runs.count == 1 ? runs.first : nil, "expected one run, found \(runs)")
    self = try JSONDecoder().decode(
      StoredResult.self, from: Data(contentsOf: folder.appending(path: "\(run)/result.json")))
  }
}

/// Processes whose command line holds a text.
func processes(with text: String) -> [Int32] {
  let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return entries.compactMap(Int32.init).filter { processID in
    let line = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(processID)/cmdline"))) ?? Data()
    return processID != getpid()
      && String(decoding: line.map { $0 == 0 ? 32 : $0 }, as: UTF8.self).contains(text)
  }
}

/// Waits for something to be so.
func eventually(_ what: String, within seconds: Double = 30, _ condition: () async throws -> Bool)
  async throws
{
  let deadline = Date().addingTimeInterval(seconds)
  while try await !condition() {
    try #require(Date() < deadline, "\(what) did not happen within \(seconds) s")
    try await Task.sleep(for: .milliseconds(50))
  }
}

/// Runs with a real load, one after the other and nothing beside them: whether a generator was out of breath is part of a verdict.
@Suite(.serialized, .enabled(if: K6.areThere, "k6 is not installed in .tools: run make test")) struct EndToEnd
{}
