import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The lines that docs/contract.md gives to people who write tools of their own.
  @Suite(.enabled(if: Recipes.canRun, "jq is not installed: run scripts/setup jq"))
  struct ContractRecipesTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    @Test func `each line says of a stored run what the run said`() async throws {
      let run = try await storedRun()
      let result = try StoredResult(in: folder)
      let recipes = try Recipes(in: run)
      let requests = result.shards.map(\.requests).reduce(0, +)
      #expect(requests > 100)
      #expect(try await recipes.output("'.verdict, .reasons[]'") == "pass")
      #expect(try await recipes.output("jq -e") == "true")
      let thresholds = try await recipes.output("[.outcome, .selector")
      #expect(thresholds.split(separator: "\n").count == result.thresholds.count)
      #expect(thresholds.contains("holds\thttp_req_failed\trate<0.5"))
      #expect(try await recipes.output("select(.reason)") == "")
      #expect(try await recipes.output(".metrics.http_reqs.count") == "\(requests)")
      #expect(try await recipes.output(".grid.metrics[]") == "\(requests)")
      let failed = try #require(Double(try await recipes.output("http_req_failed // empty")))
      #expect(abs(failed - (try actual("http_req_failed", result))) < 1e-9)
      let rate = try #require(Double(try await recipes.output("requests_per_second")))
      #expect(abs(rate - (try actual("http_reqs", result))) < 1e-6)
      let p95 = try #require(Double(try await recipes.output(#""p(95)").actual"#)))
      #expect(p95 == (try actual("http_req_duration", result)))
      let each = try JSONDecoder().decode(
        [Double].self, from: Data(try await recipes.output(#"["p(95)"]"#).utf8))
      #expect(each.count == 2)
      #expect(try await recipes.output("csv.DictReader").hasPrefix("\(run.lastPathComponent) pass "))
      #expect(recipes.unused.isEmpty, "no expectation for \(recipes.unused)")
      try await withoutK6sPart(of: run, result)
    }

    /// As a killed k6 leaves it.
    private func withoutK6sPart(of run: URL, _ result: StoredResult) async throws {
      let file = run.appending(path: "shard-1/summary.json")
      let whole = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
      try JSONSerialization.data(withJSONObject: ["grid": try #require(whole["grid"])]).write(to: file)
      let recipes = try Recipes(in: run)
      #expect(try await recipes.output(".metrics.http_reqs.count") == "\(result.shards[0].requests)")
      #expect(Double(try await recipes.output("http_req_failed // empty")) != nil)
      let all = result.shards.map(\.requests).reduce(0, +)
      #expect(try await recipes.output(".grid.metrics[]") == "\(all)")
    }

    private func actual(_ selector: String, _ result: StoredResult) throws -> Double {
      try #require(result.thresholds.first { $0.selector == selector }?.actual)
    }

    private func storedRun() async throws -> URL {
      let staging = try await StagingServer()
      let ending = try await Program.run(
        "coordinator",
        ["run", "--local", "--shards", "2", "--script"]
          + [repositoryRoot().appending(path: "docker/rehearsal/load.js").path]
          + ["--store", "file://\(folder.path)", "--env", "BASE_URL=\(staging.address)"]
          + ["--env", "REHEARSAL_DURATION=3s", "--threshold", "http_req_duration=p(95)<5000"]
          + ["--threshold", "http_req_failed=rate<0.5", "--threshold", "http_reqs=rate>=1"]
          + ignoringSaturation,
        environment: ["K6_BIN": K6.newest.path, "TMPDIR": folder.path])
      try #require(ending.code == 0, "\(ending.output)\(ending.errors)")
      let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      return folder.appending(path: try #require(runs.first { $0.hasPrefix("20") }))
    }
  }
}

/// The lines of one part of docs/contract.md, run as they stand there.
private final class Recipes {
  /// On a laptop without jq their test is skipped; in CI it fails.
  static var canRun: Bool {
    let environment = ProcessInfo.processInfo.environment
    let folders = environment["PATH", default: ""].split(separator: ":")
    return environment["CI"] == "true"
      || folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/jq") }
  }

  private let run: URL
  private let lines: [String]
  private(set) var unused: [String]

  init(in run: URL) throws {
    let page = try String(
      contentsOf: repositoryRoot().appending(path: "docs/contract.md"), encoding: .utf8)
    let part = try #require(page.components(separatedBy: "\n## For tools of your own\n").dropFirst().first)
    let own = part.components(separatedBy: "\n## ")[0]
    lines = own.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
    (self.run, unused) = (run, lines)
  }

  /// - Parameter mark: what only this line has.
  func output(_ mark: String) async throws -> String {
    let found = lines.filter { $0.contains(mark) }
    let line = try #require(found.count == 1 ? found.first : nil, "\(mark) is in \(found.count) lines")
    unused.removeAll { $0 == line }
    let ending = try await Program.run(
      "", ["-c", "cd \"$RUN\" && \(line)"], environment: ["RUN": run.path],
      at: URL(fileURLWithPath: "/bin/sh"))
    #expect(ending.code == 0, "\(line): \(ending.errors)")
    return ending.output.trimmingCharacters(in: .newlines)
  }
}
