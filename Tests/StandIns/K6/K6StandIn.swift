import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// A k6 that loads nothing: it answers `version` and `inspect`, and on `run` it plays a recorded stream again, at the
/// recorded pace but from its own start on, behind the REST API that an agent steers it by. It is for tests of a grid
/// with more shards than a machine can give real k6s. It makes no summary, so its agents run lean.
///
/// `K6_STANDIN_STREAM` names the recording, `K6_STANDIN_SECONDS` how long it is played, over and over.
@main struct K6StandIn {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let seconds = Int(ProcessInfo.processInfo.environment["K6_STANDIN_SECONDS"] ?? "") ?? 3
    switch arguments.first {
    case "version": print("k6 v1.1.0 (a stand-in)")
    case "inspect": print(inspection(seconds))
    case "run": try await run(arguments, seconds)
    default: refuse("expected version, inspect or run")
    }
  }

  private static func inspection(_ seconds: Int) -> String {
    """
    {"scenarios":{"shop":{"executor":"constant-vus","startTime":null,"gracefulStop":null,"env":null,"exec":null,\
    "tags":null,"vus":10000,"duration":"\(seconds)s"}},"thresholds":{},"systemTags":null,\
    "summaryTrendStats":["avg","min","med","max","p(90)","p(95)"],"totalDuration":"\(seconds + 30)s","maxVUs":10000}
    """
  }

  private static func run(_ arguments: [String], _ seconds: Int) async throws {
    func value(_ flag: String) -> String? {
      arguments.firstIndex(of: flag).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }
    guard let address = value("--address")?.split(separator: ":"), address.count == 2,
      let port = UInt16(address[1]),
      let output = value("--out"), output.hasPrefix("json="), arguments.contains("--paused"),
      let path = ProcessInfo.processInfo.environment["K6_STANDIN_STREAM"]
    else { refuse("expected --paused, --address, --out json=PATH and K6_STANDIN_STREAM") }
    let recording = try Recording(path)
    let state = PlayedRun()
    signal(SIGTERM) { _ in exit(105) }
    let server = HTTPServer(address: try .inet(ip4: String(address[0]), port: port), logger: .disabled)
    await state.serve(on: server, lingers: arguments.contains("--linger"))
    Task { try await server.run() }
    try await server.waitUntilListening()
    await state.wait { !$0.paused }
    let stream = try FileHandle(forUpdating: URL(fileURLWithPath: String(output.dropFirst(5))))
    try await recording.play(to: stream, seconds: Double(seconds))
    state.end()
    // As k6 does, which has only lingered.
    signal(SIGTERM) { _ in exit(0) }
    await state.wait { !$0.lingers }
    exit(0)
  }

  private static func refuse(_ what: String) -> Never {
    FileHandle.standardError.write(Data("k6 stand-in: \(what)\n".utf8))
    exit(104)
  }
}

/// Where it is, as k6's REST API tells it (`status` is k6's own number: 4 paused, 7 running, 9 ended).
private final class PlayedRun: Sendable {
  struct State {
    var status = 4
    var paused = true
    var lingers = false
  }
  private let state = Mutex(State())
  private let (changes, changed) = AsyncStream<State>.makeStream()

  /// Without looking again and again: a hundred that did so would take a machine's processors from the agents.
  func wait(until isSo: (State) -> Bool) async {
    if isSo(state.withLock { $0 }) { return }
    for await now in changes where isSo(now) { return }
  }

  func end() { state.withLock { $0.status = 9 } }

  func serve(on server: HTTPServer, lingers: Bool) async {
    state.withLock { $0.lingers = lingers }
    await server.appendRoute("GET /v1/status") { [self] _ in reply() }
    await server.appendRoute("PATCH /v1/status") { [self] request in
      let body = String(decoding: try await request.bodyData, as: UTF8.self)
      state.withLock { state in
        if body.contains(#""paused":false"#) { (state.paused, state.status) = (false, 7) }
        if body.contains(#""stopped":true"#) { state.lingers = false }
        changed.yield(state)
      }
      return reply()
    }
    await server.appendRoute("POST /v1/setup") { _ in
      Self.json(#"{"data":{"type":"setupData","id":"default","attributes":{"data":{"a":1}}}}"#)
    }
    await server.appendRoute("PUT /v1/setup") { _ in
      Self.json(#"{"data":{"type":"setupData","id":"default","attributes":{"data":{"a":1}}}}"#)
    }
    await server.appendRoute("POST /v1/teardown") { _ in Self.json("") }
  }

  private func reply() -> HTTPResponse {
    let state = state.withLock { $0 }
    return Self.json(
      """
      {"data":{"type":"status","id":"default","attributes":{"status":\(state.status),"paused":\(state.paused),\
      "vus":1,"vus-max":100,"stopped":false,"running":\(state.status == 7),"tainted":false}}}
      """)
  }

  private static func json(_ text: String) -> HTTPResponse {
    HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: Data(text.utf8))
  }
}

/// The load of a recorded stream, without its setup and teardown.
private struct Recording {
  /// A definition of a metric, or a sample and its second of the recording, cut where its time stands.
  private struct Sample {
    let offset: Double
    let before: String
    let after: String
  }
  private var definitions: [String] = []
  private var samples: [Sample] = []

  init(_ path: String) throws {
    var first: Double?
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init) {
      if line.contains(#""type":"Metric""#) {
        definitions.append(line)
      } else if !line.contains("::setup"), !line.contains("::teardown"),
        let start = line.firstRange(of: #""time":""#)?.upperBound,
        let end = line[start...].firstIndex(of: "\""),
        let time = try? Date(String(line[start..<end].prefix(19)) + "Z", strategy: .iso8601),
        let fraction = Double("0" + line[start..<end].dropFirst(19).prefix { $0 != "Z" })
      {
        let at = time.timeIntervalSince1970 + fraction
        first = first ?? at
        samples.append(
          Sample(offset: at - first!, before: String(line[..<start]), after: String(line[end...])))
      }
    }
    samples.sort { $0.offset < $1.offset }
  }

  /// Over and over, each sample when its time has come.
  func play(to stream: FileHandle, seconds: Double) async throws {
    try stream.write(contentsOf: Data((definitions.joined(separator: "\n") + "\n").utf8))
    let began = Date()
    let length = max(1, samples.last?.offset ?? 1)
    for turn in 0... {
      var batch = ""
      for sample in samples {
        let offset = Double(turn) * length + sample.offset
        guard offset < seconds else { break }
        while case let wait = offset - Date().timeIntervalSince(began), wait > 0 {
          try write(&batch, to: stream)
          // k6 writes its stream every 200 ms.
          try await Task.sleep(for: .seconds(max(wait, 0.2)))
        }
        let time = began.addingTimeInterval(offset).formatted(
          Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        batch += sample.before + time + sample.after + "\n"
      }
      try write(&batch, to: stream)
      if Double(turn + 1) * length >= seconds { break }
    }
    try stream.close()
  }

  private func write(_ batch: inout String, to stream: FileHandle) throws {
    guard !batch.isEmpty else { return }
    try stream.write(contentsOf: Data(batch.utf8))
    batch = ""
  }
}
