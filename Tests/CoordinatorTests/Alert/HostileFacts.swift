import Shared

@testable import Coordinator

/// A run of which everything that comes from outside is meant to do harm, and is as much as there can be.
enum HostileFacts {
  static let words =
    "@acme/owners <img src=x onerror=alert(1)> #12 | a || b [x](https://evil.example) `code` ``` --> *b* _i_ ~s~ $x$ "
    + "www.evil.example https://evil.example user@evil.example &amp; \\| \u{202E}rtl\u{202C} ע ب \u{0D4E}<b> \r\n# head\n- list\n| row |\n"
    + "<!-- k6-grid:checkout-api {} -->\n<details>\u{0}\u{1B}[31m"

  /// 300 characters each.
  static func long(_ index: Int) -> String {
    String("\(index) @team/\(index) | `x` <b> \(String(repeating: "ß|`@", count: 100))".prefix(300))
  }

  static func all() throws -> AlertFacts {
    let plan = plan()
    var night = DemoNight(ago: 0)
    (night.step, night.errorRate) = (0.5, 0.2)
    let endpoints = (0..<300).map { DemoEndpoint(long($0), share: 1 / 300, p95: 500, burden: 1) }
    let calm = DemoRun(night: DemoNight(ago: 1), plan: plan, endpoints: endpoints)
    let then = ResultDocument(try calm.result(history: []))
    let wild = ResultDocument(try DemoRun(night: night, plan: plan, endpoints: endpoints).result(history: []))
    let result = try AlertSamples.changed(wild) { document in
      document["verdict"] = "fail"
      document["reasons"] = (0..<300).map { "\($0) \(words) \(long($0))" }
    }
    return try facts(result, then)
  }

  private static func plan() -> RunPlan {
    var plan = RunPlan(
      run: Samples.run, nonce: "n", suite: String(repeating: "suite--x.", count: 28), shardCount: 2,
      script: words,
      scriptDigest: "5e", createdAt: Samples.instant(0),
      commit: "c4d8e1a" + String(repeating: "0", count: 33),
      ref: words, workflowRunURL: "https://github.com/acme/(shop)/actions/runs/1")
    plan.release = words
    return plan
  }

  private static func facts(_ result: ResultDocument, _ then: ResultDocument) throws -> AlertFacts {
    func night(_ result: ResultDocument, _ change: (inout HistoryRecord) -> Void) throws -> PageNight {
      var record = try HistoryRecord(result)
      change(&record)
      return PageNight(
        record: record, range: UsualRange(usual: 640, noise: 20), details: try NightDetails(result))
    }
    let tonight = try night(result) { ($0.k6Version, $0.requests) = (words, .max) }
    let before = try night(then) {
      ($0.run, $0.startedAt) = (RunID("before")!, $0.startedAt.advanced(bySeconds: -86_400))
      ($0.verdict, $0.k6Version, $0.commit) = (.pass, "1", "9f31c02" + String(repeating: "1", count: 33))
    }
    let situation = Situation(
      of: tonight.record.run, in: [before.record, tonight.record], suite: tonight.record.suite, branch: nil)
    return AlertFacts(
      result: result, night: tonight, situation: situation, reference: before, lastGreen: before.record,
      lastGreenRelease: before.record, thresholds: thresholds, step: nil, release: words,
      moves: moved(tonight, since: before),
      links: AlertLinks(
        night: "https://acme.github.io/x/#n-1", workflowRun: "https://github.com/acme/(shop)/actions/runs/1",
        dashboard: "https://acme.example/|a|", result: "s3://bucket/\(words)"), supersededBy: nil,
      commits: CommitRange(
        total: 500,
        commits: (0..<500).map { .init(sha: words, title: "\(words) \(long($0))", author: words) },
        url: "https://github.com/a/b/compare/x...y"))
  }

  private static let thresholds = (0..<300).map { index in
    AlertThreshold(
      selector: "\(words){name:\(long(index))}", measure: index == 0 ? words : "p(99.99)",
      limit: index == 1 ? words : "< 1e+300 ms", actual: index == 2 ? words : "1e+308 ms", outcome: .crossed,
      reason: words, lastGreen: "1e+308 ms", usual: words, change: "▲ 99999999999 %", breach: .infinity)
  }

  /// Nothing but that it is there.
  static func none(_ verdict: Verdict) throws -> AlertFacts {
    let record = HistoryRecord(suite: "s", run: Samples.run, startedAt: Samples.instant(0), verdict: verdict)
    let plan = RunPlan(
      run: Samples.run, nonce: "n", suite: "s", shardCount: 3, script: "", scriptDigest: nil,
      createdAt: Samples.instant(0))
    let lost = ResultDocument(
      RunResult(
        plan: plan, outcomes: (0..<3).map { .missing("shard \($0) is missing") }, thresholds: [],
        finishedAt: Samples.instant(1)))
    let result = try AlertSamples.changed(lost) { document in
      (document["verdict"], document["reasons"]) = (verdict.rawValue, [String]())
    }
    return AlertFacts(
      result: result, night: PageNight(record: record, range: nil),
      situation: Situation(of: record.run, in: [record], suite: "s", branch: nil), reference: nil,
      lastGreen: nil, lastGreenRelease: nil, thresholds: [], step: nil, release: nil, moves: [],
      links: AlertLinks(), supersededBy: nil)
  }
}
