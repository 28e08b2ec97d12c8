import Shared
import Synchronization

/// Where the page goes, and how it is drawn.
struct ReportTargets: Sendable {
  var pages: String?
  var folder: String?
  var isStored = true
  var isWhole = false
  var templates: String?
}

/// The page of one store, drawn anew for every try.
final class LiveReport: Sendable {
  private let builder: SiteBuilder
  private let problems = Mutex<[String]>([])

  init(builder: SiteBuilder) { self.builder = builder }

  /// A sentence for each stored run that could not be read, of the last try.
  var unread: [String] { problems.withLock { $0 } }

  func render() async throws -> Site {
    let built = try await builder.build()
    problems.withLock { $0 = built.problems }
    return built.site
  }
}

func liveReport(_ named: NamedStore, _ targets: ReportTargets) async throws -> Int32 {
  let host = CoordinatorHost.live()
  let pages = try targets.pages.map { try PagesTarget($0) }
  guard targets.isStored || pages != nil || targets.folder != nil else {
    throw UsageError("--no-store leaves nowhere to publish to: expected --pages or --out with it")
  }
  let file = try readConfiguration(named.config)
  let history = try await LiveHistory(named, host: host)
  let templates = try targets.templates.map { try PageTemplates(folder: absolutePath($0)) }
  let report = LiveReport(
    builder: SiteBuilder(
      store: history.store, renderer: try PageRenderer(templates: templates),
      options: SiteOptions(
        suite: named.suite ?? file.suite, rules: history.rules, url: file.report.url,
        firstRun: file.report.firstRun, isWhole: targets.isWhole), now: host.now))
  if let folder = targets.folder.map(absolutePath), case .folder(let own) = history.location,
    "\(folder)/".hasPrefix("\(own)/") || "\(own)/".hasPrefix("\(folder)/")
  {
    throw UsageError(
      "--out \(folder) is where the runs are kept, or a part of it, or has it in it: expected a folder of its own"
    )
  }
  let stored = StoredSite(store: history.store)
  if targets.isStored {
    try await SitePublisher(store: history.store, wait: liveHistoryWait).publish(report.render)
    writeOutput("the page is \(history.location.name("report/index.html"))\n")
  }
  if let folder = targets.folder.map(absolutePath) {
    try await SiteFolder(path: folder).write(try await report.render(), stored: stored)
    writeOutput("the page is \(folder)/index.html\n")
  }
  if let pages {
    let branch = PagesBranch(
      target: pages, environment: host.environment, directory: absolutePath("."), now: host.now,
      wait: liveHistoryWait)
    switch try await branch.publish(stored: stored, report.render) {
    case .pushed(let commit):
      writeOutput("the page is commit \(commit.prefix(12)) of branch \(pages.branch)\n")
    case .unchanged: writeOutput("the branch \(pages.branch) has the page already\n")
    }
  }
  for problem in report.unread { writeError("coordinator: \(problem)\n") }
  return 0
}

/// After a run: its page in the store, within a minute.
/// - Returns: a sentence for each thing that did not work; the verdict stands all the same.
func publishPage(of result: RunResult, options: RunOptions, store: any ObjectStore, host: CoordinatorHost)
  async
  -> [String]
{
  do {
    let report = LiveReport(
      builder: SiteBuilder(
        store: store, renderer: try PageRenderer(),
        options: SiteOptions(
          suite: result.plan.suite, rules: result.plan.trend ?? TrendRules(), url: options.report.url,
          firstRun: options.report.firstRun), now: host.now))
    try await answered(within: 60, host) {
      try await SitePublisher(store: store, wait: liveHistoryWait).publish(report.render)
    }
    return report.unread
  } catch { return ["the trend page was not published: \(error)"] }
}
