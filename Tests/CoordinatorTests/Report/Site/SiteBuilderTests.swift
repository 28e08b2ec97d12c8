import Foundation
import FoundationXML
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// Sites of made-up histories in a folder.
@Suite struct SiteBuilderTests {
  private let store: DirectoryObjectStore

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func write() async throws {
    for object in try MadeUpStore.objects.get() {
      _ = try await store.put(object.bytes, at: object.key, if: .always)
    }
  }

  private var records: [HistoryRecord] {
    get async throws { try HistoryTable(try #require(try await store.get(historyKey)).bytes).records }
  }

  private func nightPages(_ options: SiteOptions = SiteOptions()) async throws -> [String] {
    try await build(options).site.files.map(\.path).filter { $0.hasPrefix("night/") }
  }

  private func build(_ options: SiteOptions = SiteOptions()) async throws -> SiteBuilder.Built {
    try await SiteBuilder(store: store, renderer: try PageRenderer(), options: options) {
      UTCInstant(nanoseconds: 1_795_314_660_000_000_000)
    }.build()
  }

  private func text(_ site: Site, _ path: String) throws -> String {
    String(decoding: try #require(site.files.first { $0.path == path }).bytes, as: UTF8.self)
  }

  /// As the strip's legend says it.
  private func notRun(_ page: String) -> Int {
    page.firstMatch(of: #/(\d+) not run/#).flatMap { Int($0.1) } ?? 0
  }

  private func publish(_ site: Site) async throws {
    for file in site.files {
      _ = try await store.put(file.bytes, at: ObjectKey("report/\(file.path)")!, if: .always)
    }
  }

  @Test func `without a run there is a page that says so`() async throws {
    let site = try await build(SiteOptions(suite: "checkout", firstRun: "02:17 UTC")).site
    #expect(
      site.files.map(\.path) == [
        "history.csv", "latest.json", "badge.json", "badge.svg", "feed.xml", "index.html",
      ])
    #expect(try text(site, "index.html").contains("No nights yet."))
    #expect(try text(site, "index.html").contains("02:17"))
    #expect(try text(site, "history.csv") == HistoryColumn.names.joined(separator: ",") + "\r\n")
    #expect(try text(site, "badge.json").contains("no run yet"))
  }

  @Test func `what a file leads to stands before it, and only nights without a page are drawn`() async throws
  {
    try await write()
    let first = try await build()
    #expect(first.problems.isEmpty)
    let nights = try HistoryTable(try #require(try await store.get(historyKey)).bytes).records.map(\.night)
    let pages = first.site.files.map(\.path).filter { $0.hasPrefix("night/") }
    #expect(pages == Set(nights).sorted().map { "night/\($0)/index.html" })
    #expect(first.site.files.last?.path == "index.html")
    try await publish(first.site)
    let second = try await build().site.files.map(\.path).filter { $0.hasPrefix("night/") }
    #expect(second == pages.suffix(2))
    try await store.delete(ObjectKey("report/\(pages[3])")!)
    #expect(try await nightPages() == pages[2...3] + pages.suffix(2), "the one before leads to it now")
    #expect(try await build(SiteOptions(isWhole: true)).site.files.count == first.site.files.count)
  }

  @Test func `after missed publications all nights since the last one are drawn, and the one before`()
    async throws
  {
    try await write()
    let whole = try await build().site
    try await publish(whole)
    let pages = try await nightPages(SiteOptions(isWhole: true))
    let date = try #require(SitePath.night(pages[6]))
    _ = try await store.put(
      Array("{\"date\":\"\(date)\"}".utf8), at: ObjectKey("report/latest.json"), if: .always)
    #expect(try await nightPages() == Array(pages[5...]))
    // One that is damaged costs nothing but this.
    _ = try await store.put(Array("{".utf8), at: ObjectKey("report/latest.json"), if: .always)
    #expect(try await nightPages() == pages.suffix(2))
  }

  @Test func `a first page within a minute has the newest nights`() async throws {
    try await write()
    let all = try await nightPages()
    #expect(try await nightPages(SiteOptions(newPageLimit: 5)) == all.suffix(5))
    try await publish(try await build(SiteOptions(newPageLimit: 5)).site)
    #expect(
      try await nightPages(SiteOptions(newPageLimit: 3)) == all.dropLast(5).suffix(3) + all.suffix(2))
  }

  @Test func `a run of a wrong clock is left out of the page, and named`() async throws {
    try await write()
    let all = try await nightPages()
    let start = UTCInstant(nanoseconds: 1_995_314_660_000_000_000)
    let run = try #require(RunID("2033-03-25"))
    let record = HistoryRecord(suite: "checkout-api", run: run, startedAt: start, verdict: .pass)
    _ = try await store.put(HistoryTable(try await records + [record]).bytes, at: historyKey, if: .always)
    let built = try await build()
    #expect(built.site.files.map(\.path).filter { $0.hasPrefix("night/") } == all)
    #expect(built.problems.count == 1)
    #expect(
      built.problems.first?.hasPrefix("the page leaves out run \(run), which the history dates \(start), ")
        == true)
    #expect(try text(built.site, "history.csv").contains("2033-03-25"), "the history is as it was")
  }

  @Test(arguments: [nil, "{"])
  func `the branch is still known when the newest run's result is gone or damaged`(damaged: String?)
    async throws
  {
    try await write()
    let newest = try #require(try await records.last)
    let key = RunKeys(newest.run).result
    try await store.delete(key)
    if let damaged { _ = try await store.put(Array(damaged.utf8), at: key, if: .always) }
    var other = newest
    (other.run, other.ref) = (try #require(RunID("2026-11-21-feature")), "feature")
    other.startedAt = newest.startedAt.advanced(bySeconds: -400 * 86_400 / 10)
    let before = try await nightPages()
    _ = try await store.put(HistoryTable([other] + (try await records)).bytes, at: historyKey, if: .always)
    let built = try await build()
    #expect(built.site.files.map(\.path).filter { $0.hasPrefix("night/") } == before)
    let named = built.problems.count { $0.contains("run \(newest.run): ") }
    #expect(named == (damaged == nil ? 0 : 1))
  }

  @Test func `the same store gives the same bytes`() async throws {
    try await write()
    #expect(try await build().site == build().site)
  }

  @Test func `a stored run that cannot be read costs its details, and is named`() async throws {
    try await write()
    let run = try HistoryTable(try #require(try await store.get(historyKey)).bytes).records[3].run
    _ = try await store.put(Array("{".utf8), at: RunKeys(run).result, if: .always)
    let built = try await build()
    #expect(
      built.problems.count == 1 && built.problems[0].hasPrefix("the page has no details of run \(run): "))
    #expect(built.site.files.contains { $0.path.hasPrefix("night/\(run)/") })
  }

  @Test func `a damaged history is not drawn`() async throws {
    _ = try await store.put(Array("schema;suite\r\n".utf8), at: historyKey, if: .always)
    await #expect(throws: HistoryError.self) { try await build() }
  }

  /// As the runs were planned, whatever the command knows.
  @Test func `runs of another branch are no nights, as the newest run's plan has it`() async throws {
    let sample = Samples.plan()
    var records: [HistoryRecord] = []
    for (day, ref) in ["main", "feature", "main"].enumerated() {
      let run = RunID("2026-11-2\(day)")!
      var plan = RunPlan(
        run: run, nonce: "n", suite: sample.suite, shardCount: 1, script: "load.js", scriptDigest: "d",
        createdAt: Samples.instant(Double(day) * 86_400), ref: ref)
      plan.trend = TrendRules(branch: "main")
      let result = ResultDocument(
        RunResult(
          plan: plan, outcomes: [.missing("gone")], thresholds: [],
          finishedAt: Samples.instant(Double(day) * 86_400 + 60)))
      try await store.putDocument(result, at: RunKeys(run).result)
      records.append(try HistoryRecord(result))
    }
    _ = try await store.put(HistoryTable(records).bytes, at: historyKey, if: .always)
    let pages = try await build().site.files.map(\.path).filter { $0.hasPrefix("night/") }
    #expect(pages == ["night/1970-01-01/index.html", "night/1970-01-03/index.html"])
    let all = try await build(SiteOptions(rules: TrendRules(branch: "feature"))).site
    #expect(all.files.count { $0.path.hasPrefix("night/") } == 1)
  }

  @Test func `the feed has an entry for every change of the verdict, and is XML`() async throws {
    try await write()
    for url in [nil, "https://acme.github.io/checkout/"] {
      let feed = try text(try await build(SiteOptions(url: url)).site, "feed.xml")
      let document = try XMLDocument(xmlString: feed)
      let entries = try document.nodes(forXPath: "//*[local-name()='entry']")
      let records = Nights(
        try HistoryTable(try #require(try await store.get(historyKey)).bytes).records,
        suite: "checkout-api", branch: nil
      ).all
      let changes = zip([nil as Verdict?] + records.map(\.verdict), records).count { $0 != $1.verdict }
      #expect(entries.count == changes && changes > 2)
      let ids = try document.nodes(forXPath: "//*[local-name()='id']").compactMap(\.stringValue)
      #expect(Set(ids).count == entries.count + 1)
      #expect(
        ids.allSatisfy {
          $0.wholeMatch(of: #/urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/#)
            != nil
        })
      #expect(feed.contains("<link href=\"\(url ?? "")night/2026-11-21/\"/>"))
      #expect(feed.contains("rel=\"self\"") == (url != nil))
    }
  }

  /// The page of a night that never came: nothing has run since the newest of `write(days:)`.
  @Test func `nights that did not come are missing, and the badge is not green`() async throws {
    try await write()
    let late = try await SiteBuilder(store: store, renderer: try PageRenderer(), options: SiteOptions()) {
      UTCInstant(nanoseconds: 1_795_314_660_000_000_000 + 3 * 86_400_000_000_000)
    }.build().site
    #expect(try text(late, "badge.json").contains("no run since 22 Nov"))
    let now = try await build().site
    #expect(try notRun(text(late, "index.html")) == notRun(text(now, "index.html")) + 2)
    #expect(try !text(now, "badge.json").contains("no run"))
  }

  @Test func `hostile texts stay texts in the feed, the badge and the newest night`() async throws {
    var record = HistoryRecord(
      suite: "suite", run: RunID("2026-11-22")!, startedAt: Samples.instant(0), verdict: .incomplete)
    record.reasons = ["<script>alert(1)</script> & \"q\" \u{202E} \u{FFFE} ]]>"]
    record.ref = "</title><img src=x>"
    _ = try await store.put(HistoryTable([record]).bytes, at: historyKey, if: .always)
    let site = try await build().site
    let feed = try XMLDocument(xmlString: try text(site, "feed.xml"))
    let summary = try feed.nodes(forXPath: "//*[local-name()='summary']").first?.stringValue
    #expect(
      summary?.contains("<script>alert(1)</script> & \"q\"") == true && summary?.contains("\u{202E}") == false
    )
    #expect(try XMLDocument(xmlString: text(site, "badge.svg")).rootElement()?.name == "svg")
    let latest =
      try JSONSerialization.jsonObject(with: Data(text(site, "latest.json").utf8)) as? [String: Any]
    #expect(
      latest?["ref"] as? String == "</title><img src=x>" && latest?["verdict"] as? String == "incomplete")
  }
}

/// Made up once for all tests: it takes a debug build some seconds of both of a small machine's CPUs.
enum MadeUpStore {
  private static let store = Result { try DemoStore(days: 24) }
  static let objects = Result { try store.get().objects() }
  static let results = store.map(\.results)
}
