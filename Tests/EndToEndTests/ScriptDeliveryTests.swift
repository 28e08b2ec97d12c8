import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// A script that is not in the image.
  @Suite(.serialized) struct ScriptDeliveryTests {
    private let folder: URL
    private let store: DirectoryObjectStore

    init() throws {
      folder = try temporaryFolder()
      store = DirectoryObjectStore(folder: folder.appending(path: "out").path)
    }

    private static let files = [
      "load.js": """
      import { names } from './lib/names.js';
      const data = open('./data/users.csv');
      export const options = { vus: 1, iterations: 2 };
      export default function () { console.log(`${names[0]} knows ${data}`); }
      """, "lib/names.js": "export const names = ['alice'];", "data/users.csv": "bob",
    ]

    /// Through the run itself, as a coordinator would.
    @Test(arguments: K6.allCases) func `files that came with the run are run, imports and data too`(k6: K6)
      async throws
    {
      let keys = RunKeys(RunID("2026-11-23")!)
      var plan = RunPlan(
        run: keys.run, nonce: "n", suite: "s", shardCount: 1, script: "load.js", scriptDigest: nil,
        createdAt: .live())
      plan.files = try Self.files.map { path, text in
        try #require(ScriptFile(path: path, digest: sha256(Array(text.utf8))))
      }
      for (path, text) in Self.files {
        _ = try await store.put(Array(text.utf8), at: keys.scriptFile(path), if: .always)
      }
      try await store.putDocument(plan, at: keys.plan)
      try await store.putDocument(RunThresholds(nonce: "n", thresholds: []), at: keys.thresholds)
      let agent = try Program(
        "shard-agent", ["run"],
        environment: [
          "K6_BIN": k6.path, "GRID_RUN": "2026-11-23", "GRID_STORE": "file://\(folder.path)/out",
        ])
      try await eventually("ready") { try await store.get(keys.ready(0)) != nil }
      try await store.putDocument(StartSignal(nonce: "n", startAt: .live()), at: keys.start)
      let ending = await agent.ending()
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.errors.contains("alice knows bob"))
      #expect(try await store.get(keys.claim(0)) != nil)
      let ready = try #require(try await store.getDocument(ShardReady.self, at: keys.ready(0)))
      #expect(ready.scriptDigest == sha256(Array(Self.files["load.js"]!.utf8)))
    }

    @Test(arguments: K6.allCases) func `a k6 archive is inspected and run`(k6: K6) async throws {
      for (path, text) in Self.files {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      let archive = folder.appending(path: "load.tar").path
      let packed = try await Program.run(
        "k6", ["archive", folder.appending(path: "load.js").path, "-O", archive],
        at: URL(fileURLWithPath: k6.path))
      #expect(packed.code == 0, "\(packed.errors)")
      let ending = try await Program.run(
        "shard-agent", ["run", archive],
        environment: ["K6_BIN": k6.path, "GRID_STORE": "file://\(folder.path)/out"])
      #expect(ending.code == 0 && ending.errors.contains("alice knows bob"), "\(ending.errors)")
    }
  }
}
