import Foundation
import Shared
import Subprocess
import SystemPackage

/// Runs git, without a shell, in one folder.
struct GitProcess: Sendable {
  struct Answer: Sendable {
    let isSuccess: Bool
    let output: [UInt8]
    /// What it printed for people, on one line, without secrets.
    let words: String

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  let folder: String
  let environment: [String: String]
  let secrets: [String]
  /// Seconds that one call may take.
  let timeLimit: Double

  /// - Parameter input: a file.
  /// - Throws: ``PublishingError`` without git; ``GitFailure`` when the time is over.
  func callAsFunction(_ arguments: [String], input: String = "/dev/null") async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask { try await answer(arguments, input) }
      group.addTask {
        try await Task.sleep(for: .seconds(timeLimit))
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      guard let first else { throw GitFailure(arguments[0], "timed out after \(Int(timeLimit)) s") }
      return first
    }
  }

  /// - Throws: ``GitFailure`` unless it succeeded.
  func output(_ arguments: [String], input: String = "/dev/null") async throws -> String {
    let answer = try await self(arguments, input: input)
    guard answer.isSuccess else { throw GitFailure(arguments[0], answer.words) }
    return answer.text
  }

  private func answer(_ arguments: [String], _ input: String) async throws -> Answer {
    var platform = PlatformOptions()
    // Its helpers end with it, and no terminal is there to be asked on.
    platform.createSession = true
    platform.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
    ]
    let variables = environment.map { (Environment.Key(rawValue: $0.key)!, $0.value) }
    let configuration = Configuration(
      executable: .name("git"), arguments: Arguments(arguments),
      environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
      workingDirectory: FilePath(folder), platformOptions: platform)
    let file = try FileDescriptor.open(FilePath(input), .readOnly, options: .closeOnExec)
    do {
      let result = try await Subprocess.run(
        configuration, input: .fileDescriptor(file, closeAfterSpawningProcess: true),
        output: .bytes(limit: 64 << 20), error: .bytes(limit: 8 << 20))
      return Answer(
        isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
        words: words(result.terminationStatus, result.standardOutput, result.standardError))
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw PublishingError(
        "the page cannot be published to a branch: there is no git on PATH; install git, or publish to the store alone"
      )
    } catch let error as SubprocessError {
      throw PublishingError("the page cannot be published to a branch: git could not be run (\(error))")
    }
  }

  /// The lines that say something, in git's order; of the output those by which `push --porcelain` says that it was refused.
  private func words(_ status: TerminationStatus, _ output: [UInt8], _ errors: [UInt8]) -> String {
    func lines(_ bytes: [UInt8]) -> [String] {
      String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map {
        printable(String($0)).trimmingCharacters(in: .whitespaces)
      }
    }
    var words = lines(errors).filter { !$0.isEmpty && !$0.hasPrefix("hint:") && !$0.hasPrefix("To ") }
    if !status.isSuccess { words += lines(output).filter { $0.hasPrefix("!") } }
    switch status {
    case .exited(let code): if words.isEmpty { words = ["it ended with code \(code)"] }
    case .signaled(let signal): words.append("killed by signal \(signal)")
    }
    let text = secrets.reduce(words.joined(separator: "; ")) { $0.replacing($1, with: "***") }
    return text.count > 600 ? "\(text.prefix(600))..." : text
  }
}

/// A folder of its own for as long as the body runs, however that ends.
func withTemporaryDirectory<Value>(
  _ environment: [String: String], _ body: (String) async throws -> Value
) async throws -> Value {
  let parent = ["RUNNER_TEMP", "TMPDIR"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "/tmp"
  let folder = URL(fileURLWithPath: parent).appending(path: "k6-grid-\(UUID().uuidString)")
  do {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  } catch {
    throw PublishingError(
      "the page was not published: no temporary folder can be made in \(parent): expected one that can be written to (RUNNER_TEMP, TMPDIR)"
    )
  }
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.path)
}

func writeFile(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
