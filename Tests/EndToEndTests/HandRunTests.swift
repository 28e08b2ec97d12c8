import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Several shards that somebody starts without a coordinator, with one environment, as `aws ecs run-task --count`
  /// does.
  @Suite(.serialized) struct HandRunTests {
    private let folder: URL

    init() throws { folder = try temporaryFolder() }

    private var store: String { "file://\(folder.path)/out" }

    private func script(_ text: String, _ name: String = "load.js") throws -> String {
      let file = folder.appending(path: name)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return file.path
    }

    private func json(_ path: String) throws -> JSON {
      try JSON(Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func agent(_ script: String, count: Int = 3, run: String = "hand-three") throws -> Program {
      try Program(
        "shard-agent", ["run", script],
        environment: [
          "K6_BIN": K6.newest.path, "GRID_RUN": run, "GRID_START": "now", "K6_SHARD_COUNT": "\(count)",
          "GRID_STORE": store,
        ])
    }

    private static let load = """
      import { sleep } from 'k6';
      export const options = { vus: 3, duration: '2s', thresholds: { iterations: ['count>=3'] } };
      export default function () { sleep(0.2); }
      """

    @Test func `three agents without an index are three shards of one run`() async throws {
      let file = try script(Self.load)
      let agents = try (0..<3).map { _ in try agent(file) }
      for agent in agents {
        let ending = await agent.ending()
        #expect(ending.code == 0, "\(ending.errors)")
      }
      let run = "\(folder.path)/out/hand-three"
      let tasks = try (0..<3).map { try json("\(run)/shard-\($0)/claim.json")["task"]?.string }
      #expect(Set(tasks).count == 3 && !tasks.contains(nil))
      let judged = try await Program.run("coordinator", ["gate", run])
      #expect(judged.code == 0 && judged.output.contains("PASS"), "\(judged.output)\(judged.errors)")
      // One more finds no place, and another script is another test.
      let fourth = await (try agent(file)).ending()
      #expect(fourth.code == 69 && fourth.errors.contains("all 3 shards of run hand-three are taken"))
      let other = await (try agent(try script(Self.load + "\n", "other.js"))).ending()
      #expect(
        other.code == 69 && other.errors.contains("is not the one that run hand-three was planned with"))
      let more = await (try agent(file, count: 4)).ending()
      #expect(more.code == 69 && more.errors.contains("has 3 shards, and this one was told 4"))
    }

    @Test func `a late one starts all the same, and says when`() async throws {
      let file = try script(Self.load.replacing("'2s'", with: "'60s'"))
      let run = "\(folder.path)/out/hand-late"
      let first = try agent(file, count: 2, run: "hand-late")
      try await eventually("the first one's load") {
        FileManager.default.fileExists(atPath: "\(run)/shard-0/progress.json")
      }
      let second = try agent(file, count: 2, run: "hand-late")
      try await eventually("the second one's load") {
        FileManager.default.fileExists(atPath: "\(run)/shard-1/progress.json")
      }
      for agent in [first, second] {
        agent.signal(SIGTERM)
        #expect(await agent.ending().code == 105)
      }
      let grid = try #require(try json("\(run)/shard-1/summary.json")["grid"])
      #expect(grid["start_at"] != nil && grid["start_at"] != grid["started_at"])
      #expect(grid["ending"]?["stop_cause"] == .string("signal"))
    }

    /// As a task on AWS does it: the script and the run in a bucket, secrets of the task's role.
    @Test(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
    func `in a bucket it is the same`() async throws {
      let moto = try await Moto()
      try await moto.makeBucket("load-tests")
      try await moto.makeSecret("shop", #"{"API_TOKEN":"c4nary-9f86d081"}"#)
      let text = Self.load.replacing("sleep(0.2)", with: "sleep(0.2); console.log(`with ${__ENV.API_TOKEN}`)")
      try await moto.call(
        "s3", "put_object", ["Bucket": "load-tests", "Key": "scripts/load.js", "Body": text])
      let environment = moto.environment.merging([
        "K6_BIN": K6.newest.path, "GRID_RUN": "hand-aws", "GRID_START": "now", "K6_SHARD_COUNT": "3",
        "GRID_STORE": "s3://load-tests/checkout", "GRID_SCRIPT": "s3://load-tests/scripts/load.js",
        "GRID_SECRETS": "shop",
      ]) { $1 }
      let agents = try (0..<3).map { _ in try Program("shard-agent", ["run"], environment: environment) }
      for agent in agents {
        let ending = await agent.ending()
        #expect(ending.code == 0 && ending.errors.contains("with ***API_TOKEN***"), "\(ending.errors)")
        #expect(!ending.errors.contains("c4nary-9f86d081"))
      }
      let list = try await moto.call(
        "s3", "list_objects_v2", ["Bucket": "load-tests", "Prefix": "checkout/"])
      let keys = Set(list["Contents"]?.array?.compactMap { $0["Key"]?.string } ?? [])
      for name in ["run.json", "thresholds.json", "start.json"] {
        #expect(keys.contains("checkout/hand-aws/\(name)"))
      }
      for shard in 0..<3 {
        for name in ["claim.json", "progress.json", "k6.log.gz", "summary.json"] {
          #expect(keys.contains("checkout/hand-aws/shard-\(shard)/\(name)"))
        }
      }
      // A role that may not read: refused at once, and never "not there".
      let denied = try await moto.makeUser(
        "blind", statements: #"[{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]"#)
      let blind = try await Program.run(
        "shard-agent", ["run"],
        environment: environment.merging(denied) { $1 }.merging([
          "GRID_START": "", "GRID_SECRETS": "", "GRID_RUN": "2026-11-23",
        ]) { $1 })
      #expect(blind.code == 69 && blind.errors.contains("AccessDenied"), "\(blind.errors)")
    }
  }
}
