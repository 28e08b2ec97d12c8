import Shared
import SystemPackage

/// What a step of GitHub's is told in files; nothing elsewhere.
struct LiveWorkflow: Sendable {
  let environment: [String: String]

  /// A summary that cannot be written changes nothing of the run.
  /// - Parameter problems: what did not work of what is done with a verdict.
  func show(_ result: RunResult, _ links: RunLinks, problems: [String] = []) {
    let output = WorkflowOutput(result: result, links: links)
    if environment["GITHUB_ACTIONS"] == "true", let annotation = output.annotation {
      writeUnchanged(annotation)
    }
    append(output.outputs, to: "GITHUB_OUTPUT")
    append(JobSummary(result: result, links: links, problems: problems).text, to: "GITHUB_STEP_SUMMARY")
  }

  /// What turned out behind the summary.
  func add(problems: [String]) { append(JobSummary.text(problems: problems), to: "GITHUB_STEP_SUMMARY") }

  func add(_ told: LiveAlerts.Told) {
    append(JobSummary.text(told: told.done, issue: told.issue), to: "GITHUB_STEP_SUMMARY")
    add(problems: told.problems + told.notes)
  }

  /// For a command that is no run.
  func annotate(_ title: String, _ text: String) {
    if environment["GITHUB_ACTIONS"] == "true" { writeUnchanged(workflowError(title, text)) }
  }

  private func append(_ text: String, to variable: String) {
    guard let path = environment[variable], !path.isEmpty, !text.isEmpty else { return }
    do {
      let file = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.append, .create], permissions: .ownerReadWrite)
      try file.closeAfter { _ = try file.writeAll(text.utf8) }
    } catch { writeError("coordinator: \(path) (\(variable)) could not be written: \(error)\n") }
  }
}
