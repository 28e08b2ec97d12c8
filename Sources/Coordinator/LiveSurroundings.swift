import ArgumentParser
import Foundation
import Glibc
import Shared
import SystemPackage

/// Runs a command, and turns what goes wrong into one sentence and an exit code: 64 for wrong usage; 2 for anything
/// else, because a run that could not be judged is incomplete, never failed or passed.
/// - Parameter failure: the title of the annotation on GitHub when it fails.
func carriedOut(_ failure: String = "coordinator failed", _ command: () async throws -> Int32) async
  -> ExitCode
{
  do { return ExitCode(try await command()) } catch {
    writeError("coordinator: \(error)\n")
    if isWorkflowLog { writeUnchanged(workflowError(failure, "\(error)")) }
    return ExitCode(error is UsageError ? 64 : 2)
  }
}

func readConfiguration(_ path: String?) throws -> GridConfiguration {
  guard let path else { return GridConfiguration() }
  do {
    return try GridConfiguration(yaml: String(decoding: readFile(FilePath(path)), as: UTF8.self), name: path)
  } catch let error as Errno {
    throw UsageError("the configuration \(path) cannot be read: \(error)")
  }
}

/// - Returns: one that says nothing where there is none.
func readWorkflowEvent(_ environment: [String: String]) throws -> WorkflowEvent {
  guard let path = environment["GITHUB_EVENT_PATH"], access(path, R_OK) == 0 else { return WorkflowEvent() }
  return try decoded(
    WorkflowEvent.self, from: readFile(FilePath(path)), name: "\(path) (GITHUB_EVENT_PATH)")
}

/// The agent beside this program, unless another is named.
func agentProgram(_ named: String?) throws -> String {
  let own = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
  let path = named.map(absolutePath) ?? own.removingLastComponent().appending("shard-agent").string
  guard access(path, X_OK) == 0 else {
    throw UsageError(
      "the agent \(path) is not there or cannot be run: name it with --agent or GRID_AGENT_BIN")
  }
  return path
}

func absolutePath(_ path: String) -> String {
  let path = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  return FilePath(path).lexicallyNormalized().string
}

/// `nil` when the output is no terminal.
@Sendable private func terminalSize() -> (rows: Int, columns: Int)? {
  guard isatty(STDOUT_FILENO) == 1 else { return nil }
  var size = winsize()
  guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
    return (24, 80)
  }
  return (Int(size.ws_row), Int(size.ws_col))
}

/// On GitHub a line of the log may be a command to the runner, wherever its text comes from.
private let isWorkflowLog = ProcessInfo.processInfo.environment["GITHUB_ACTIONS"] == "true"

func liveDisplay() -> TextDisplay {
  let medium: TextDisplay.Medium =
    isWorkflowLog ? .workflowLog : terminalSize() == nil ? .log : .terminal { terminalSize() ?? (24, 80) }
  return TextDisplay(medium, write: writeUnchanged)
}

@Sendable func writeOutput(_ text: String) { writeUnchanged(isWorkflowLog ? inert(text) : text) }

@Sendable func writeError(_ text: String) {
  _ = try? FileDescriptor.standardError.writeAll((isWorkflowLog ? inert(text) : text).utf8)
}

/// For workflow commands of our own making.
@Sendable func writeUnchanged(_ text: String) {
  _ = try? FileDescriptor.standardOutput.writeAll(text.utf8)
}

extension CoordinatorHost {
  static func live() -> CoordinatorHost {
    CoordinatorHost(
      now: UTCInstant.live,
      sleep: { try await Task.sleep(for: $0) },
      environment: ProcessInfo.processInfo.environment,
      randomText: { String(UInt64.random(in: .min ... .max), radix: 36) })
  }
}
