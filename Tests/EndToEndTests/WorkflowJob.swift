import Foundation
import TestSupport
import Testing

/// A job of a workflow of this repository, played by `Tests/StandIns/Actions/run_job.py`.
enum WorkflowJob {
  /// A step as the job's last line of output has it.
  struct Step: Decodable {
    let name: String
    let code: Int?
    let outputs: [String: String]?
    let summary: String?
  }

  private static let yaml = repositoryRoot().appending(path: ".tools/PyYAML-6.0.3")

  /// On a laptop without what reads workflows their tests are skipped; in CI they fail.
  static var isThere: Bool {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || FileManager.default.fileExists(atPath: yaml.path)
  }

  /// - Parameters:
  ///   - workflow: from the repository's root.
  ///   - bin: programs that stand for those of GitHub's machines.
  static func start(
    _ workflow: String, _ job: String, _ arguments: [String], bin: URL, environment: [String: String]
  ) throws -> Program {
    let root = repositoryRoot()
    return try Program(
      "",
      [
        root.appending(path: "Tests/StandIns/Actions/run_job.py").path, root.appending(path: workflow).path,
        job,
      ] + arguments,
      environment: environment.merging([
        "PATH": "\(bin.path):/usr/bin:/bin", "GITHUB_ACTIONS": "true",
        "PYTHONPATH": yaml.path,
      ]) { $1 },
      at: URL(fileURLWithPath: "/usr/bin/python3"))
  }

  /// By their names.
  static func steps(_ output: String) throws -> [String: Step] {
    struct Job: Decodable { let steps: [Step] }
    let line = try #require(output.split(separator: "\n").last)
    let job = try JSONDecoder().decode(Job.self, from: Data(line.utf8))
    return Dictionary(uniqueKeysWithValues: job.steps.map { ($0.name, $0) })
  }
}
