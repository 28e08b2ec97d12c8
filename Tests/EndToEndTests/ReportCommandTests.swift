import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

/// `coordinator report`, as a user runs it.
@Suite struct ReportCommandTests {
  private let folder: URL
  private let store: URL
  private let oldest: RunID

  init() async throws {
    folder = try temporaryFolder()
    store = folder.appending(path: "store")
    let (records, objects) = try await onOwnThread {
      let demo = try DemoStore(days: 4)
      return (demo.records, try demo.objects())
    }
    oldest = try #require(records.first).run
    for object in objects {
      let file = store.appending(path: object.key.text)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(object.bytes).write(to: file)
    }
  }

  @Test(arguments: ["store", "store/site/deep", ".", "link", "link/../store/x"])
  func `a site is not written into the store, nor above it`(out: String) async throws {
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "link"), withDestinationURL: store)
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    let ending = try await Program.run(
      "coordinator", ["report", store.path, "--out", "\(folder.path)/\(out)"])
    #expect(ending.code == 64)
    #expect(ending.errors.contains("overlaps the store's own folder"), "\(ending.errors)")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == before)
  }

  @Test func `one place that fails does not keep the page from the others, and all is said`() async throws {
    let remote = try await PagesRemote()
    let file = folder.appending(path: "file")
    try Data().write(to: file)
    try Data("{".utf8).write(to: store.appending(path: RunKeys(oldest).result.text))
    func report(_ pages: String) async throws -> Program.Ending {
      try await Program.run(
        "coordinator", ["report", store.path, "--out", "\(file.path)/site", "--pages", "\(pages)#gh-pages"],
        environment: remote.environment)
    }
    var ending = try await report(remote.repository)
    #expect(ending.code == 2)
    #expect(ending.errors.contains("was not written to the folder \(file.path)/site"), "\(ending.errors)")
    #expect(ending.errors.contains("the page has no details of run \(oldest): "), "\(ending.errors)")
    #expect(ending.output.contains("store/report/index.html") && ending.output.contains("of branch gh-pages"))
    #expect(try await remote.paths().contains("index.html"))
    ending = try await report("\(remote.repository)-none")
    #expect(ending.code == 2)
    #expect(ending.errors.contains("was not written to the folder"), "\(ending.errors)")
    #expect(ending.errors.contains("; and the page was not published to the branch"), "\(ending.errors)")
  }
}
