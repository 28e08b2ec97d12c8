import CZlib
import Logging
import Shared
import Synchronization

/// What k6 prints, without secrets: kept whole, compressed, in a file for the store, and passed on to the log within a
/// budget.
final class K6ConsoleFile: Sendable {
  private struct Pipe {
    var redacted: RedactedStream
    var lines = LineSplitter()
  }

  private struct State: ~Copyable {
    var file: gzFile?
    var pipes: [K6Pipe: Pipe]
    /// What came since ``hold()``; `nil`: nothing is held.
    var held: [(bytes: [UInt8], pipe: K6Pipe)]?
    var heldCount = 0
    var budget = ForwardingBudget()
    var lastError: String?
  }

  private let state: Mutex<State>
  private let logger: Logger
  private let now: @Sendable () -> UTCInstant

  /// What is held at the most.
  private static let mostHeld = 8 << 20

  /// - Parameter path: of the compressed file; without it (a full disk) k6's words are only passed on.
  init(
    path: String, logger: Logger, now: @escaping @Sendable () -> UTCInstant, redactor: Redactor = Redactor()
  ) {
    let file = gzopen(path, "wb6")
    if file == nil { logger.error("k6's log cannot be kept", metadata: ["path": "\(path)"]) }
    let pipe = Pipe(redacted: RedactedStream(redactor))
    state = Mutex(State(file: file, pipes: [.output: pipe, .errors: pipe]))
    (self.logger, self.now) = (logger, now)
  }

  func take(_ chunk: Span<UInt8>, from pipe: K6Pipe = .output) {
    let bytes = (0..<chunk.count).map { chunk[$0] }
    state.withLock { state in
      guard state.held != nil else { return take(bytes, from: pipe, &state) }
      state.held?.append((bytes, pipe))
      state.heldCount += bytes.count
      guard state.heldCount > Self.mostHeld else { return }
      logger.warning("k6 prints much during setup(): what it prints from here on is not held back")
      release(&state)
    }
  }

  /// setup() runs, and may print tokens that nobody knows yet: what k6 prints waits for ``release()``.
  func hold() { state.withLock { $0.held = $0.held ?? [] } }

  func release() { state.withLock { release(&$0) } }

  private func release(_ state: inout State) {
    let held = state.held ?? []
    (state.held, state.heldCount) = (nil, 0)
    for (bytes, pipe) in held { take(bytes, from: pipe, &state) }
  }

  private func take(_ bytes: [UInt8], from pipe: K6Pipe, _ state: inout State) {
    let shown = state.pipes[pipe]?.redacted.take(bytes) ?? []
    keep(shown, pipe, &state)
  }

  private func keep(_ bytes: [UInt8], _ pipe: K6Pipe, _ state: inout State) {
    if let file = state.file, !bytes.isEmpty, gzwrite(file, bytes, UInt32(bytes.count)) <= 0 {
      logger.error("k6's log is cut off here: it could not be written")
      gzclose(file)
      state.file = nil
    }
    var texts: [String] = []
    state.pipes[pipe]?.lines.feed(bytes.span) { line in
      texts.append(String(decoding: (0..<min(line.count, 2000)).map { line[$0] }, as: UTF8.self))
    } tooLong: {
      texts.append("(a line of more than 16 MiB)")
    }
    for text in texts where !text.trimmed.isEmpty {
      if let message = Self.errorMessage(text) { state.lastError = message }
      forward(text, &state.budget)
    }
  }

  /// What k6 logged last as an error, shortened; `nil` when there was none, or its log has another format.
  var lastError: String? { state.withLock { $0.lastError } }

  /// The `msg` of a line like `time="..." level=error msg="..."`, which is the last member or followed by others.
  private static func errorMessage(_ line: String) -> String? {
    guard line.contains("level=error"), let start = line.firstRange(of: "msg=\"") else { return nil }
    return String(line[start.upperBound...].prefix { $0 != "\"" }.prefix(200))
  }

  private func forward(_ text: String, _ budget: inout ForwardingBudget) {
    guard let leftOut = budget.admit(at: now()) else { return }
    if leftOut > 0 {
      logger.info(
        "k6 printed more than is passed on; k6.log.gz has it all", metadata: ["lines.left_out": "\(leftOut)"])
    }
    logger.info("k6 says", metadata: ["k6.line": "\(text)"])
  }

  /// Closes the file; after this k6 prints no more.
  func finish() {
    state.withLock { state in
      release(&state)
      for pipe in [K6Pipe.output, .errors] { finish(pipe, &state) }
      if state.budget.leftOut > 0 {
        logger.info(
          "k6 printed more than is passed on; k6.log.gz has it all",
          metadata: ["lines.left_out": "\(state.budget.leftOut)"])
      }
      if let file = state.file, gzclose(file) != Z_OK {
        logger.error("k6's log is cut off at its end: it could not be written")
      }
      state.file = nil
    }
  }

  private func finish(_ pipe: K6Pipe, _ state: inout State) {
    let last = state.pipes[pipe]?.redacted.finish() ?? []
    keep(last, pipe, &state)
    let rest = state.pipes[pipe]?.lines.takeRest() ?? []
    if !rest.isEmpty { forward(String(decoding: rest.prefix(2000), as: UTF8.self), &state.budget) }
  }
}
