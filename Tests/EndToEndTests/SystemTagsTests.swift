import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The tags in k6's stream are those that somebody looks at, and thresholds on any of k6's tags are judged.
  @Suite struct SystemTagsTests {
    private let folder: URL
    private static let script = """
      import http from 'k6/http';
      import { check } from 'k6';
      export const options = {
        vus: 2, iterations: 20,
        thresholds: { 'http_reqs{error_code:1404}': ['count==20'] },
        SYSTEM_TAGS
      };
      export function setup() { http.get(`${__ENV.BASE_URL}/products`); }
      export default function () {
        http.get(`${__ENV.BASE_URL}/nowhere`, { tags: { url: 'mine' } });
        const response = http.get(`${__ENV.BASE_URL}/products`, { tags: { name: 'products' } });
        check(response, { 'is ok': r => r.status === 200 });
      }
      """

    init() throws { folder = try temporaryFolder() }

    /// A k6 that writes its samples a second time, where the test reads them: another output that the agent knows of
    /// would have all tags.
    private func watched(_ k6: K6) throws -> String {
      let path = folder.appending(path: "k6")
      try """
      #!/bin/sh
      [ "$1" = run ] || exec \(k6.path) "$@"
      exec \(k6.path) "$@" --out "json=\(folder.path)/samples.$$"
      """.write(to: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path.path)
      return path.path
    }

    private func run(_ k6: K6, systemTags: String = "", _ more: [String]) async throws -> Program.Ending {
      let staging = try await StagingServer()
      let script = folder.appending(path: "tags.js")
      try Self.script.replacing("SYSTEM_TAGS", with: systemTags)
        .write(to: script, atomically: true, encoding: .utf8)
      return try await Program.run(
        "coordinator",
        [
          "run", "--local", "--shards", "2", "--script", script.path, "--store", "file://\(folder.path)/out",
          "--env", "BASE_URL=\(staging.address)",
        ] + ignoringSaturation + more, environment: ["K6_BIN": try watched(k6)])
    }

    /// The tags of all samples of all shards, each with its values.
    private func tags() throws -> [String: Set<String>] {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
        $0.hasPrefix("samples.")
      }
      #expect(files.count == 2, "a stream for each shard")
      var found: [String: Set<String>] = [:]
      for file in files {
        for line in lines(Array(try Data(contentsOf: folder.appending(path: file)))) {
          for (name, value) in try JSON(line)["data"]?["tags"]?.object ?? [:] {
            found[name, default: []].insert(value.string ?? "")
          }
        }
      }
      return found
    }

    @Test(arguments: K6.allCases)
    func `k6 writes the tags that are asked for, and every threshold finds its own`(k6: K6) async throws {
      let ending = try await run(
        k6,
        [
          "--threshold", "http_req_duration{proto:HTTP/1.1}=max<60000",
          "--threshold", "http_reqs{proto:HTTP/1.1,scenario:default}=count==40",
        ])
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      let result = try StoredResult(in: folder.appending(path: "out"))
      #expect(result.thresholds.map(\.outcome) == ["holds", "holds", "holds"], "\(result.thresholds)")
      let tags = try tags()
      #expect(
        tags.keys.sorted() == [
          "check", "error_code", "expected_response", "group", "method", "name", "proto", "scenario",
          "status",
          "url",
        ])
      #expect(tags["url"] == ["mine"], "the script's own tag, and none of k6's")
    }

    enum Choice: CaseIterable { case option, variable, script }

    @Test(arguments: K6.allCases, Choice.allCases)
    func `tags that somebody chose are kept, with what tells setup apart`(k6: K6, choice: Choice) async throws
    {
      let held = ["--threshold", "http_reqs=count>0"]
      let ending =
        switch choice {
        case .option: try await run(k6, held + ["--", "--system-tags", "status"])
        case .variable: try await run(k6, held + ["--env", "K6_SYSTEM_TAGS=status"])
        case .script: try await run(k6, systemTags: "systemTags: ['status'],", held)
        }
      #expect(ending.code == 2, "nothing has an error_code: \(ending.output)\(ending.errors)")
      let tags = try tags()
      #expect(tags.keys.sorted() == ["check", "group", "name", "status", "url"])
      #expect(tags["group"] == ["", "::setup"])
      #expect((tags["name"], tags["url"]) == (["products"], ["mine"]), "the script's own")
    }
  }
}
