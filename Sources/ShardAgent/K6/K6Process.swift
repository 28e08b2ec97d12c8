import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// k6 as a child process.
struct K6Process: K6Runner {
  func output(_ invocation: K6Invocation) async throws -> K6Output {
    let result = try await Subprocess.run(
      configuration(invocation), output: .bytes(limit: 8 << 20), error: .bytes(limit: 1 << 20))
    return K6Output(
      exit: K6Exit(result.terminationStatus), output: result.standardOutput, errors: result.standardError)
  }

  func run(
    _ invocation: K6Invocation, started: @Sendable (any K6Control) -> Void,
    print: @escaping @Sendable (Span<UInt8>, K6Pipe) -> Void
  ) async throws -> K6Exit {
    let result = try await Subprocess.run(
      configuration(invocation), input: .none, output: .sequence, error: .sequence
    ) { execution in
      started(ProcessGroup(processID: execution.processIdentifier.value))
      try await withThrowingTaskGroup(of: Void.self) { group in
        let pipes = [(execution.standardOutput, K6Pipe.output), (execution.standardError, .errors)]
        for (pipe, name) in pipes {
          group.addTask {
            for try await buffer in pipe { buffer.withUnsafeBytes { print(Array($0).span, name) } }
          }
        }
        try await group.waitForAll()
      }
    }
    // k6 is gone; what it may have left in its group would hold the pipe of samples open for ever.
    _ = Glibc.kill(-result.processIdentifier.value, SIGKILL)
    return K6Exit(result.terminationStatus)
  }

  private func configuration(_ invocation: K6Invocation) -> Configuration {
    var options = PlatformOptions()
    options.processGroupID = 0
    let environment = invocation.environment.map { (Environment.Key(rawValue: $0.key)!, $0.value) }
    let path = invocation.executable
    return Configuration(
      executable: path.contains("/") ? .path(FilePath(path)) : .name(path),
      arguments: Arguments(invocation.arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: environment)), platformOptions: options)
  }
}

extension K6Exit {
  fileprivate init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(Int(code))
    case .signaled(let signal): self = .signaled(Int(signal))
    }
  }
}

/// The group that k6 leads.
private final class ProcessGroup: K6Control {
  let processID: Int32
  private let wasTerminated = Mutex(false)

  init(processID: Int32) { self.processID = processID }

  func terminate() {
    let isFirst = wasTerminated.withLock { done in
      defer { done = true }
      return !done
    }
    if isFirst { _ = Glibc.kill(-processID, SIGTERM) }
  }

  func kill() { _ = Glibc.kill(-processID, SIGKILL) }
}
