package import Foundation

/// botocore beside python3: the one that scripts/setup installs, or the machine's.
package enum Botocore {
  private static let folder = repositoryRoot().appending(path: "Tests/Botocore")

  /// On a laptop without it these tests are skipped; in CI they fail.
  package static let isThere: Bool = {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || (try? output("stand_in.py", [], environment: [:])) != nil
  }()

  package static func builtProgram(_ name: String) throws -> URL {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: name)
  }

  /// - Returns: what the script printed.
  /// - Throws: when it ended with another code than 0.
  package static func run(
    _ script: String, _ arguments: [String] = [], environment: [String: String]
  ) async throws -> String {
    // On a thread of its own: tests share as many as there are processors.
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try output(script, arguments, environment: environment) })
      }
    }
  }

  private static func output(_ script: String, _ arguments: [String], environment: [String: String]) throws
    -> String
  {
    struct Failure: Error { let message: String }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", folder.appending(path: script).path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = try temporaryFolder().appending(path: "output")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    let handle = try FileHandle(forWritingTo: output)
    (process.standardOutput, process.standardError) = (handle, handle)
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: output, encoding: .utf8)
    guard process.terminationStatus == 0 else { throw Failure(message: "\(script): \(text)") }
    return text
  }
}
