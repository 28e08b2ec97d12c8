/// Runs k6. The live one starts processes; tests may give another.
protocol K6Runner: Sendable {
  /// Runs a short command to its end: `version`, `inspect`.
  func output(_ invocation: K6Invocation) async throws -> K6Output

  /// Runs k6 in a process group of its own until it is gone and both its pipes are empty.
  /// - Parameter started: called once with the way to signal it.
  /// - Parameter print: what it prints, as it comes; called from one task at a time for each pipe.
  func run(
    _ invocation: K6Invocation, started: @Sendable (any K6Control) -> Void,
    print: @escaping @Sendable (Span<UInt8>, K6Pipe) -> Void
  ) async throws -> K6Exit
}

/// Of the two that k6 prints to.
enum K6Pipe: Sendable { case output, errors }

protocol K6Control: Sendable {
  var processID: Int32 { get }
  /// One SIGTERM to k6's process group; a second one would throw k6's summary away, so it is not sent.
  func terminate()
  /// SIGKILL to the group, when it did not go by itself.
  func kill()
}

enum K6Exit: Sendable, Equatable {
  case exited(Int)
  case signaled(Int)
}

struct K6Output: Sendable {
  let exit: K6Exit
  let output: [UInt8]
  let errors: [UInt8]
}
