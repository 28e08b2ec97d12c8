import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct JobRunFileTests {
  private let folder: URL

  init() throws { folder = try temporaryFolder() }

  private func file(_ store: String = "s3://bucket/checkout", _ change: [String: String] = [:]) throws
    -> JobRunFile?
  {
    let environment = ["GITHUB_ACTIONS": "true", "RUNNER_TEMP": folder.path].merging(change) { $1 }
    return JobRunFile(environment: environment, store: try StoreLocation(store))
  }

  @Test func `a job's later steps know which run of a store is its own`() throws {
    let file = try #require(try file())
    #expect(try file.read() == nil)
    try file.write(JobRun(nonce: "a"))
    #expect(try file.read() == JobRun(nonce: "a", run: nil))
    try file.write(JobRun(nonce: "a", run: Samples.run))
    #expect(try self.file()?.read() == JobRun(nonce: "a", run: Samples.run))
    #expect(try self.file("s3://bucket/search")?.read() == nil)
  }

  @Test func `outside of a job there is none`() throws {
    #expect(try file("s3://bucket/checkout", ["GITHUB_ACTIONS": ""]) == nil)
    #expect(try file("s3://bucket/checkout", ["RUNNER_TEMP": ""]) == nil)
  }

  @Test func `a folder that cannot be written to, and a file that is no such thing, are named`() throws {
    let missing = try #require(try file("s3://bucket/checkout", ["RUNNER_TEMP": "/nowhere/at/all"]))
    let unwritten = #expect(throws: UsageError.self) { try missing.write(JobRun(nonce: "a")) }
    #expect(unwritten?.description.hasPrefix("/nowhere/at/all/k6-grid-") == true)
    let file = try #require(try file())
    try file.write(JobRun(nonce: "a"))
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    try Data("[]".utf8).write(to: folder.appending(path: name))
    #expect(throws: UnreadableDocument.self) { try file.read() }
  }
}
