import Foundation
import TestSupport
import Testing

@Suite struct DemoTests {
  private let folder: URL

  init() throws { folder = try temporaryFolder() }

  private func demo(_ more: [String]) async throws -> Program.Ending {
    try await Program.run("coordinator", ["demo", "--out", folder.path] + more)
  }

  private func files() -> Set<String> {
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return Set(all.filter { !$0.hasPrefix("report/") && $0.contains(".") })
  }

  @Test func `a demo takes the place of the one before`() async throws {
    let first = try await demo(["--nights", "2"])
    #expect(first.code == 0, "\(first.errors)")
    #expect(files() == ["demo.txt", "history.csv", "2026-11-21/result.json", "2026-11-22/result.json"])
    let second = try await demo(["--nights", "1"])
    #expect(second.code == 0, "\(second.errors)")
    #expect(files() == ["demo.txt", "history.csv", "2026-11-22/result.json"])
  }

  @Test func `a folder with other files is left as it is`() async throws {
    try "run_id\n".write(to: folder.appending(path: "history.csv"), atomically: true, encoding: .utf8)
    let ending = try await demo([])
    #expect(ending.code == 64)
    #expect(
      ending.errors
        == "coordinator: --out \(folder.path) has files that are no demo's: name a folder that is new, empty, or an earlier demo's\n"
    )
    #expect(files() == ["history.csv"])
  }

  @Test(arguments: ["-1", "3651"]) func `a number of nights that cannot be is refused`(nights: String)
    async throws
  {
    let ending = try await demo(["--nights=\(nights)"])
    #expect(ending.code == 64)
    #expect(ending.errors == "coordinator: --nights is \(nights): expected 0 to 3650 days\n")
  }
}
