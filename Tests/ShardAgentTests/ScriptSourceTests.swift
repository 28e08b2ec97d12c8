import Foundation
import Shared
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct ScriptSourceTests {
  private let store = TestStore()
  private let bucket = TestStore()
  private let files = PrivateFiles(folder: (try? temporaryFolder().path) ?? "/nowhere")

  private func source(_ script: String?) throws -> ScriptSource {
    var raw = RawShardOptions()
    (raw.script, raw.run, raw.store) = (script, "2026-11-23", "file:///store")
    let local = ["load.js": Array("local".utf8)]
    return ScriptSource(
      options: try ShardOptions(raw) { _ in true }, store: store, openStore: { [bucket] _ in bucket },
      files: files, readFile: { path in try #require(local[path]) }, retry: .patient(TestHost()))
  }

  private func plan(_ script: String, _ texts: [String: String]?) -> RunPlan {
    var plan = RunPlan(
      run: RunID("2026-11-23")!, nonce: "n", suite: "s", shardCount: 1, script: script, scriptDigest: nil,
      createdAt: UTCInstant(nanoseconds: 0))
    plan.files = texts.map { texts in
      texts.map { ScriptFile(path: $0.key, digest: sha256(Array($0.value.utf8)))! }
    }
    for (path, text) in texts ?? [:] { store[RunKeys(plan.run).scriptFile(path)] = Array(text.utf8) }
    return plan
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func `what came with the run wins, in its sub-folders`() async throws {
    let texts = ["load.js": "import './lib/session.js'", "lib/session.js": "1", "data/users.csv": "a,b"]
    let script = try await source("load.js").ofRun(plan("load.js", texts))
    #expect(
      script == LocalScript(path: files.path("script/load.js"), digest: sha256(Array(texts["load.js"]!.utf8)))
    )
    for (path, expected) in texts { #expect(try text(files.path("script/\(path)")) == expected) }
    let mode = try FileManager.default.attributesOfItem(atPath: script.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `without files it is what the shard was told`() async throws {
    let script = try await source("load.js").ofRun(plan("other.js", nil))
    #expect(script == LocalScript(path: "load.js", digest: sha256(Array("local".utf8))))
  }

  @Test(arguments: [true, false]) func `an object keeps its own name`(isInPlan: Bool) async throws {
    bucket["tests/checkout.tar"] = Array("archive".utf8)
    let address = "s3://load-tests/tests/checkout.tar"
    let script = try await source(isInPlan ? nil : address).ofRun(plan(address, nil))
    #expect(script.path == files.path("script/checkout.tar"))
    #expect(try text(script.path) == "archive" && script.digest == sha256(Array("archive".utf8)))
  }

  @Test func `a store that fails for a moment is asked again, be it the run's or another bucket`()
    async throws
  {
    let plan = plan("load.js", ["load.js": "1", "lib.js": "2"])
    store.fail(.sample("SlowDown", 503), times: 5)
    #expect(try await source(nil).ofRun(plan).digest == sha256(Array("1".utf8)))
    bucket["a.js"] = Array("3".utf8)
    bucket.fail(.sample(nil, nil), times: 5)
    #expect(try await source("s3://load-tests/a.js").given().digest == sha256(Array("3".utf8)))
  }

  @Test func `what is wrong with it is one sentence`() async throws {
    var changed = plan("load.js", ["load.js": "planned"])
    store[RunKeys(changed.run).scriptFile("load.js")] = Array("other".utf8)
    await expect("is not the file that run 2026-11-23 was planned with", nil, changed)
    store[RunKeys(changed.run).scriptFile("load.js")] = nil
    await expect("/store/2026-11-23/script/load.js is not there", nil, changed)
    changed.files = []
    await expect("load.js is not among the files", nil, changed)
    await expect("no script was given", nil, plan("load.js", nil))
    await expect("s3://load-tests/none.js is not there", "s3://load-tests/none.js", plan("load.js", nil))
    await expect("expected s3://bucket/key", nil, plan("s3://x/", nil))
    bucket["big.js"] = [UInt8](repeating: 32, count: ScriptSource.mostBytes + 1)
    await expect("67108864 at the most", "s3://load-tests/big.js", plan("load.js", nil))
    bucket.fail(AWSError.sample("AccessDenied", 403))
    await expect("AccessDenied", "s3://load-tests/none.js", plan("load.js", nil))
  }

  private func expect(_ sentence: String, _ script: String?, _ plan: RunPlan) async {
    let failure = await #expect(throws: ShardFailure.self) { try await source(script).ofRun(plan) }
    #expect(failure?.sentence.contains(sentence) == true, "\(failure?.sentence ?? "")")
  }
}
