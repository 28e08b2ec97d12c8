import Glibc
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
  let folder = targets.folder.map(absolutePath)
  if let folder, case .folder(let store) = try liveLocation(named.store ?? file.store) {
    try refuseOverlap(folder, store: store)
  }
  let history = try await LiveHistory(named, host: host)
  let templates = try targets.templates.map { try PageTemplates(folder: absolutePath($0)) }
  let report = LiveReport(
    builder: SiteBuilder(
      store: history.store, renderer: try PageRenderer(templates: templates),
      options: SiteOptions(
        suite: named.suite ?? file.suite, rules: history.rules, url: file.report.url,
        firstRun: file.report.firstRun, isWhole: targets.isWhole), now: host.now))
  let stored = StoredSite(store: history.store)
  var failures: [String] = []
  /// What does not work for one does not keep the page from the others.
  func publish(_ target: () async throws -> String) async throws {
    do { writeOutput("\(try await target())\n") } catch let error as CancellationError {
      throw error
    } catch {
      // One that they have in common, as a damaged history, is said once.
      if !failures.contains("\(error)") { failures.append("\(error)") }
    }
  }
  if targets.isStored {
    try await publish {
      try await SitePublisher(store: history.store, wait: liveHistoryWait).publish(report.render)
      return "the page is \(history.location.name("report/index.html"))"
    }
  }
  if let folder {
    try await publish {
      try await SiteFolder(path: folder).write(try await report.render(), stored: stored)
      return "the page is \(folder)/index.html"
    }
  }
  if let pages { try await publish { try await publishBranch(pages, report, stored, host) } }
  for problem in report.unread { writeError("coordinator: \(problem)\n") }
  guard failures.isEmpty else { throw PublishingError(failures.joined(separator: "; and ")) }
  return 0
}

private func publishBranch(
  _ pages: PagesTarget, _ report: LiveReport, _ stored: StoredSite, _ host: CoordinatorHost
) async throws -> String {
  let branch = PagesBranch(
    target: pages, environment: host.environment, directory: absolutePath("."), now: host.now,
    wait: liveHistoryWait)
  return switch try await branch.publish(stored: stored, report.render) {
  case .pushed(let commit): "the page is commit \(commit.prefix(12)) of branch \(pages.branch)"
  case .unchanged: "the branch \(pages.branch) has the page already"
  }
}

/// The site has a history.csv and a folder of nights of its own.
private func refuseOverlap(_ folder: String, store: String) throws {
  let (site, own) = (realFolder(folder), realFolder(store))
  guard site == own || site.hasPrefix(withSlash(own)) || own.hasPrefix(withSlash(site)) else { return }
  throw UsageError(
    "--out is \(folder), which overlaps the store's own folder \(store): expected a folder beside it, so that the site is not written over the history"
  )
}

private func withSlash(_ path: String) -> String { path.hasSuffix("/") ? path : "\(path)/" }

/// Without symbolic links, as far as it is there.
private func realFolder(_ path: String) -> String {
  var there = absolutePath(path)
  var rest: [Substring] = []
  while true {
    if let real = realpath(there, nil) {
      defer { free(real) }
      return absolutePath(([String(cString: real)] + rest.reversed().map(String.init)).joined(separator: "/"))
    }
    guard let slash = there.lastIndex(of: "/"), there != "/" else { return path }
    rest.append(there[there.index(after: slash)...])
    there = slash == there.startIndex ? "/" : String(there[..<slash])
  }
}

/// Of a store that never had a page, a run draws as many nights within its minute; `coordinator report` draws the others.
private let newPagesAfterRun = 30

/// After a run: its page in the store, within a minute, and on the branch that was named, within two more.
/// - Returns: a sentence for each thing that did not work; the verdict stands all the same.
func publishPage(of result: RunResult, options: RunOptions, store: any ObjectStore, host: CoordinatorHost)
  async
  -> [String]
{
  let report: LiveReport
  do {
    report = LiveReport(
      builder: SiteBuilder(
        store: store, renderer: try PageRenderer(),
        options: SiteOptions(
          suite: result.plan.suite, rules: result.plan.trend ?? TrendRules(), url: options.report.url,
          firstRun: options.report.firstRun, newPageLimit: newPagesAfterRun), now: host.now))
    try await answered(within: 60, host) {
      try await SitePublisher(store: store, wait: liveHistoryWait).publish(report.render)
    }
  } catch { return ["the trend page was not published: \(error)"] }
  guard let pages = options.pages else { return report.unread }
  do {
    _ = try await answered(within: 120, host) {
      try await publishBranch(pages, report, StoredSite(store: store), host)
    }
    return report.unread
  } catch { return report.unread + ["the trend page is not on the branch \(pages.branch): \(error)"] }
}
