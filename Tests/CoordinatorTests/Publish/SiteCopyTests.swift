import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct SiteCopyTests {
  @Test(arguments: [
    ("night/2026-11-22/index.html", "2026-11-22"), ("night/2026-11-22/a/b.json", "2026-11-22"),
    ("night/2026-11-22", nil), ("night/2026-2-3/index.html", nil), ("night/2026-02-30/index.html", nil),
    ("night/-1-1-1/index.html", nil), ("night/readme.txt", nil), ("index.html", nil), ("", nil),
    ("x/night/2026-11-22/index.html", nil), ("night/99999999999999999999-01-01/x", nil),
  ])
  func `which night a path is of`(path: String, night: String?) {
    #expect(SitePath.night(path)?.description == night)
  }

  @Test func `a copy lacks what the store has, and keeps the nights of 400 days`() {
    let site = Site(runs: ["2026-11-22", "2025-01-01"])
    let copy = SiteCopy(
      of: site,
      there: [
        "CNAME", "night/readme.txt", "night/2025-01-01/index.html", "night/2025-10-17/index.html",
        "night/2025-10-18/index.html", "night/2030-01-01/index.html", "night/2026-10-22/index.html",
        "night/2026-10-23/index.html",
      ],
      stored: [
        "index.html", "night/2025-10-16/index.html", "night/2025-10-18/index.html",
        "night/2025-10-19/index.html", "night/2026-10-22/index.html", "night/2026-10-23/index.html",
        "old.json",
      ])
    #expect(
      copy.missing == ["night/2025-10-19/index.html", "night/2026-10-23/index.html", "old.json"],
      "one of the last 30 days may have been drawn again since")
    #expect(
      copy.expired == ["night/2025-10-17/index.html", "night/2025-10-18/index.html"],
      "what the index leads to stays")
    #expect(SiteCopy(of: Site(runs: []), there: ["night/1999-01-01/index.html"], stored: []).expired.isEmpty)
  }

  @Test func `a folder gets the whole site, with the store's nights beside it`() async throws {
    let store = DirectoryObjectStore(folder: try temporaryFolder().path)
    let nights = (0..<4).map(SampleSite.date)
    try await SitePublisher(store: store, wait: { _ in }).publish { Site(runs: nights) }
    let folder = try temporaryFolder()
    // Only what is new was drawn.
    var site = Site(runs: nights + [SampleSite.date(4)])
    site.files.removeFirst(4)
    try await SiteFolder(path: folder.appending(path: "deep/page").path).write(
      site, stored: StoredSite(store: store))
    let found = SampleSite.problems {
      try? String(contentsOf: folder.appending(path: "deep/page/\($0)"), encoding: .utf8)
    }
    #expect(found.isEmpty)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    #expect(!names.contains { $0.contains("/.") }, "no drafts, no locks")
  }

  @Test func `a folder that cannot be written to, and a site without an index`() async throws {
    let file = try temporaryFolder().appending(path: "file")
    try Data().write(to: file)
    let error = await #expect(throws: PublishingError.self) {
      try await SiteFolder(path: file.appending(path: "page").path).write(Site(runs: []), stored: nil)
    }
    #expect(error?.description.contains("was not written to the folder \(file.path)/page") == true)
    let folder = try temporaryFolder()
    await #expect(throws: PublishingError.self) {
      try await SiteFolder(path: folder.path).write(Site(files: [Site.File("a.html", "")]), stored: nil)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
