import Shared

/// What a step of GitHub's tells the steps behind it, and the people who look at its log.
struct WorkflowOutput: Sendable {
  let result: RunResult
  let links: RunLinks

  /// Lines for `GITHUB_OUTPUT`; a figure that is not known is empty.
  var outputs: String {
    let summary = result.summary
    var (p95, errors): (Double?, Double?) = (nil, nil)
    if case .trend(let durations)? = summary.metric("http_req_duration") {
      p95 = durations.displayed(quantile: 0.95)
    }
    if case .rate(let failed)? = summary.metric("http_req_failed") { errors = failed.share }
    let values: [(String, String?)] = [
      ("verdict", result.decision.verdict.rawValue), ("p95_ms", p95.map { trimmed($0, digits: 1) }),
      ("error_rate", errors.map { trimmed($0, digits: 6) }),
      ("rps", summary.requestRate.map { trimmed($0, digits: 1) }), ("run", result.plan.run.text),
      ("report_url", links.page),
    ]
    return values.map { "\($0.0)=\(printable($0.1 ?? ""))\n" }.joined()
  }

  /// A workflow command, so not for a log elsewhere; `nil` for a pass.
  var annotation: String? {
    let (level, title): (String, String)
    switch result.decision.verdict {
    case .pass: return nil
    case .degraded: (level, title) = ("warning", "Load test degraded")
    case .fail: (level, title) = ("error", "Load test failed")
    case .incomplete: (level, title) = ("error", "Load test incomplete")
    }
    let reasons = result.decision.reasons.prefix(3).joined(separator: "; ")
    return workflowCommand(level, title, "\(result.plan.suite): \(reasons)")
  }
}

/// An annotation of the job, as GitHub's runner takes it from the log.
func workflowError(_ title: String, _ text: String) -> String { workflowCommand("error", title, text) }

/// A command ends with its line; percent signs are the escapes' own.
private func workflowCommand(_ level: String, _ title: String, _ text: String) -> String {
  "::\(level) title=\(title)::\(printable(text).replacing("%", with: "%25"))\n"
}
