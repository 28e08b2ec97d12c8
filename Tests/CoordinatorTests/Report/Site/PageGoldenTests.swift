import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// What is published of a made-up history, held against files that people have looked at. After a change that is wanted:
/// `RECORD_PAGE=1 swift test --filter PageGoldenTests`, then look at the difference.
@Suite struct PageGoldenTests {
  private static let folder = repositoryRoot().appending(path: "Tests/TestSupport/Recorded/page")

  @Test func `the site is the one that was looked at, byte for byte`() async throws {
    let store = DirectoryObjectStore(folder: try temporaryFolder().path)
    for object in try MadeUpStore.objects.get() {
      _ = try await store.put(object.bytes, at: object.key, if: .always)
    }
    let site = try await SiteBuilder(
      store: store, renderer: try PageRenderer(),
      options: SiteOptions(notice: DemoStore.notice, isStaleable: false), now: { DemoStore.builtAt }
    ).build().site
    let looked = [
      "index.html", "night/2026-11-22/index.html", "feed.xml", "latest.json", "badge.json", "badge.svg",
    ]
    for path in looked {
      let file = try #require(site.files.first { $0.path == path }, "\(path)")
      let recorded = Self.folder.appending(path: path.replacing("/", with: "-"))
      let text = Self.withoutAssets(String(decoding: file.bytes, as: UTF8.self))
      if ProcessInfo.processInfo.environment["RECORD_PAGE"] == "1" {
        try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        try text.write(to: recorded, atomically: true, encoding: .utf8)
      }
      let expected = try String(contentsOf: recorded, encoding: .utf8)
      let (lines, expectedLines) = (text.split(separator: "\n"), expected.split(separator: "\n"))
      let first = zip(lines, expectedLines).first { $0 != $1 }
      #expect(first == nil && lines.count == expectedLines.count, "\(path): \(first.map { "\($0)" } ?? "")")
    }
  }

  /// Style, script and their hashes are files of their own.
  private static func withoutAssets(_ text: String) -> String {
    text.replacing(#/(?s)<(style|script)>.*?<\/(style|script)>/#) { "<\($0.1)></\($0.1)>" }
      .replacing(#/sha256-[A-Za-z0-9+\/=]+/#, with: "sha256-")
  }
}
