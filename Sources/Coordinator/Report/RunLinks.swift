import Shared

/// Where more of a run is found.
struct RunLinks: Sendable, Equatable {
  /// The trend page, at the run's night.
  var page: String?
  /// The workflow run.
  var workflowRun: String?
  /// The run's objects in the store, for people: `s3://bucket/suite/2026-11-23/result.json`.
  var result: String?

  init(page: String? = nil, workflowRun: String? = nil, result: String? = nil) {
    (self.page, self.workflowRun, self.result) = (page, workflowRun, result)
  }

  /// - Parameters:
  ///   - page: the trend page's address, ending with `/`.
  ///   - store: where the run is kept.
  init(_ plan: RunPlan, _ summary: RunSummary, page: String?, store: StoreLocation) {
    let night = (summary.startAt ?? plan.createdAt).date
    self.init(
      page: page.map { "\($0)#n-\(night)" }, workflowRun: plan.workflowRunURL,
      result: store.name(RunKeys(plan.run).result.text))
  }

  var list: [String] {
    [
      Markdown.link("Trend page", page), Markdown.link("Run log", workflowRun),
      Markdown.link("Artifacts", workflowRun.map { "\($0)#artifacts" }), result.map(Markdown.code),
    ].compactMap(\.self)
  }
}
