import Foundation
import TestSupport
import Testing

/// What `scripts/setup page` installs.
private enum PageTools {
  static let folder = repositoryRoot().appending(path: ".tools/page")

  /// On a laptop without them this test is skipped; in CI it fails.
  static let areThere: Bool = {
    let (environment, files) = (ProcessInfo.processInfo.environment, FileManager.default)
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return environment["CI"] == "true"
      || files.fileExists(atPath: folder.appending(path: "complete").path)
        && ["chromium", "java"].allSatisfy { program in
          folders.contains { files.isExecutableFile(atPath: "\($0)/\(program)") }
        }
  }()
}

@Suite(
  .enabled(if: PageTools.areThere, "Chromium, Java or Playwright is not installed: scripts/setup page"))
struct PageBrowserTests {
  private let folder: URL

  init() throws { folder = try temporaryFolder() }

  private func demo(_ name: String, nights: Int) async throws -> String {
    let out = folder.appending(path: name)
    let ending = try await Program.run("coordinator", ["demo", "--out", out.path, "--nights", "\(nights)"])
    try #require(ending.code == 0, "\(ending.errors)")
    return out.appending(path: "report").path
  }

  private func reported(_ name: String, _ write: (URL) async throws -> Void) async throws -> String {
    let store = folder.appending(path: name)
    try await write(store)
    let ending = try await Program.run("coordinator", ["report", store.path])
    try #require(ending.code == 0 && ending.errors.isEmpty, "\(ending.errors)")
    return store.appending(path: "report").path
  }

  /// Budgets, accessibility, keyboard, paper, and data that attack, in a real Chromium: Tests/Browser/check_page.py.
  @Test func `the page holds its budgets and its promises, whatever the data`() async throws {
    var sites = [try await demo("demo", nights: 120)]
    for nights in [0, 1, 9, 24] { sites.append(try await demo("nights-\(nights)", nights: nights)) }
    sites.append(try await reported("hostile") { try await HostileStore.write(to: $0) })
    sites.append(try await reported("silent", HostileStore.writeSilent))
    let shows = HostileStore.shown.flatMap { ["--shows", "hostile=\($0)"] }
    let ending = try await Program.run(
      "",
      ["python3", repositoryRoot().appending(path: "Tests/Browser/check_page.py").path] + sites + shows,
      environment: ["PYTHONPATH": PageTools.folder.path, "PYTHONDONTWRITEBYTECODE": "1"],
      at: URL(fileURLWithPath: "/usr/bin/env"))
    let failed = ending.output.split(separator: "\n").filter { !$0.hasPrefix("ok ") }
    #expect(ending.code == 0, "\(failed.joined(separator: "\n"))\n\(ending.errors)")
    #expect(ending.output.contains(#/page: \d{3} checks of 7 sites, 0 failed/#))
  }
}
