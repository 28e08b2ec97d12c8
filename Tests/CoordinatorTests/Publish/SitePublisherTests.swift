import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

@Suite struct SitePublisherTests {
  private let folder: DirectoryObjectStore
  private let nights = (0..<5).map(SampleSite.date)

  init() throws { folder = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func publisher(_ store: any ObjectStore) -> SitePublisher {
    SitePublisher(store: store, wait: { try await liveHistoryWait($0 / 20) })
  }

  private func publish(_ runs: [String], _ store: any ObjectStore) async throws {
    try await publisher(store).publish { Site(runs: runs) }
  }

  @Test func `files are written in their order, the index last, and unchanged ones not again`() async throws {
    let store = WatchedStore(folder)
    var site = Site(runs: nights)
    // However they are given.
    site.files.insert(site.files.removeLast(), at: 0)
    try await publisher(store).publish { [site] in site }
    #expect(store.puts == Site(runs: nights).files.map { "report/\($0.path)" })
    #expect(try await problems(folder).isEmpty)
    try await publish(nights, store)
    #expect(store.puts.count == 9)
    try await publish(nights + [SampleSite.date(5)], store)
    #expect(
      store.puts.dropFirst(9) == [
        "report/night/\(SampleSite.date(5))/index.html", "report/history.csv", "report/latest.json",
        "report/feed.xml", "report/index.html",
      ])
  }

  @Test func `browsers ask every time for what a run changes`() async throws {
    let store = WatchedStore(folder)
    try await publish(nights, store)
    let headers = store.headers
    #expect(
      Set(headers.filter { $0.value.cacheControl == "max-age=300" }.keys) == [
        "report/night/\(nights[0])/index.html", "report/night/\(nights[1])/index.html",
        "report/night/\(nights[2])/index.html",
      ])
    #expect(Set(headers.values.compactMap(\.cacheControl)) == ["max-age=300", "no-cache"])
    #expect(headers["report/feed.xml"]?.contentType == "application/atom+xml; charset=utf-8")
    #expect(headers["report/history.csv"]?.contentType == nil, "the store knows by the ending")
  }

  @Test func `two at the same moment, ten times: both runs are in the page, which is whole at every moment`()
    async throws
  {
    let runs = Runs()
    let done = Mutex(false)
    async let seen = {
      var looks = 0
      while !done.withLock({ $0 }) {
        // Before the first publication there is none.
        if try await text(folder, "index.html") != nil { #expect(try await problems(folder).isEmpty) }
        looks += 1
        try await Task.sleep(for: .milliseconds(1))
      }
      return looks
    }()
    for round in 0..<10 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for half in 0..<2 {
          group.addTask {
            await runs.append(SampleSite.date(round * 2 + half))
            try await publisher(folder).publish { await runs.site() }
          }
        }
        try await group.waitForAll()
      }
      let index = try #require(try await text(folder, "index.html"))
      #expect(SampleSite.runs(index) == (0..<(round * 2 + 2)).map(SampleSite.date))
    }
    done.withLock { $0 = true }
    #expect(try await seen > 0)
    try await expect(await runs.site(), in: folder)
  }

  /// Somebody else publishes a newer page at any moment of a slow publication: while it draws (0), or before each of its
  /// writes.
  @Test(arguments: 0...5)
  func `who is slow never puts anything older over what is newer`(moment: Int) async throws {
    let runs = Runs(nights)
    try await publish(nights, folder)
    await runs.append(SampleSite.date(5))
    let newer = Mutex<Site?>(nil)
    @Sendable func overtake() async throws {
      guard newer.withLock({ $0 }) == nil else { return }
      await runs.append(SampleSite.date(6))
      let site = await runs.site()
      try await publisher(folder).publish { site }
      newer.withLock { $0 = site }
    }
    let store = WatchedStore(
      folder, before: { number, _ in if number == moment { try await overtake() } },
      after: { [folder] _, _ in
        if let newest = newer.withLock({ $0 }) { try await expect(newest, in: folder) }
      })
    let drawn = Mutex(0)
    try await publisher(store).publish {
      let site = await runs.site()
      drawn.withLock { $0 += 1 }
      if moment == 0 { try await overtake() }
      return site
    }
    #expect(drawn.withLock { $0 } == 2)
    #expect(try await problems(folder).isEmpty)
    #expect(try await text(folder, "index.html")?.contains(SampleSite.date(6)) == true)
  }

  @Test(arguments: 1...5)
  func `a publication that breaks off leaves a whole site, and the next one mends it`(put: Int) async throws {
    try await publish(nights, folder)
    let store = WatchedStore(folder) { number, _ in if number == put { throw TroubledStore.away } }
    await #expect(throws: AWSError.self) { try await publish(nights + [SampleSite.date(5)], store) }
    #expect(try await problems(folder).isEmpty)
    #expect(try await text(folder, "index.html")?.contains(SampleSite.date(5)) == false)
    try await publish(nights + [SampleSite.date(5)], folder)
    #expect(try await problems(folder).isEmpty)
    #expect(try await text(folder, "latest.json")?.hasPrefix(SampleSite.date(5)) == true)
  }

  @Test func `an old night that is drawn anew is replaced by what was drawn after it was looked at`()
    async throws
  {
    try await publish(nights, folder)
    var site = Site(runs: nights)
    site.files[0] = Site.File(site.files[0].path, "another\n<!-- end -->\n")
    let drawn = Mutex(0)
    try await publisher(folder).publish { [site] in
      drawn.withLock { $0 += 1 }
      return site
    }
    #expect(drawn.withLock { $0 } == 2)
    #expect(try await text(folder, site.files[0].path)?.hasPrefix("another") == true)
  }

  @Test func `whoever is overtaken without end says so`() async throws {
    let waits = Mutex<[Double]>([])
    let other = Mutex(0)
    let store = WatchedStore(folder) { [folder] _, key in
      let number = other.withLock { count in
        count += 1
        return count
      }
      _ = try await folder.put(Array("\(number)".utf8), at: try #require(ObjectKey(key)), if: .always)
    }
    let publisher = SitePublisher(store: store) { seconds in waits.withLock { $0.append(seconds) } }
    let error = await #expect(throws: PublishingError.self) {
      try await publisher.publish { Site(runs: nights) }
    }
    #expect(error?.description.contains("20 times in a row") == true)
    #expect(waits.withLock { $0.count } == 19)
    #expect(waits.withLock { $0.max() } == 10)
  }

  @Test(arguments: [
    (["a.html"], "the site has 0 files index.html"),
    (["index.html", "index.html"], "has 2 files index.html"),
    (["night/../x", "index.html"], "'night/../x' has no name"), (["a b", "index.html"], "'a b' has no name"),
  ])
  func `a site that cannot be published is refused before anything is written`(paths: [String], words: String)
    async throws
  {
    let store = WatchedStore(folder)
    let error = await #expect(throws: PublishingError.self) {
      try await publisher(store).publish { Site(files: paths.map { Site.File($0, "x") }) }
    }
    #expect(error?.description.contains(words) == true)
    #expect(store.puts.isEmpty)
  }

  @Test(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
  func `a bucket keeps types and cache times, and the same rules`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    let store = RetryingStore(
      try liveStore(StoreLocation("s3://grid-runs/nightly"), environment: moto.environment),
      RetryWindow(now: UTCInstant.live, sleep: { try await Task.sleep(for: $0) }, note: { _ in }))
    let runs = Runs(nights)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 5..<8 {
        group.addTask {
          await runs.append(SampleSite.date(number))
          try await publisher(store).publish { await runs.site() }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await problems(store).isEmpty)
    #expect(try await text(store, "latest.json")?.hasPrefix(SampleSite.date(7)) == true)
    for (path, type, cache) in [
      ("index.html", "text/html; charset=utf-8", "no-cache"),
      ("history.csv", "text/csv; charset=utf-8", "no-cache"),
      ("feed.xml", "application/atom+xml; charset=utf-8", "no-cache"),
      ("latest.json", "application/json", "no-cache"),
      ("night/\(nights[0])/index.html", "text/html; charset=utf-8", "max-age=300"),
    ] {
      let head = try await moto.call(
        "s3", "head_object", ["Bucket": "grid-runs", "Key": "nightly/report/\(path)"])
      #expect(head["ContentType"]?.string == type, "\(path)")
      #expect(head["CacheControl"]?.string == cache, "\(path)")
    }
  }
}
