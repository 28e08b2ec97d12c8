import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct ECSTaskPlanTests {
  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test func `a request has everything that ECS needs and nothing that it does not know`() throws {
    let plan = try Samples.taskPlan {
      ($0.securityGroups, $0.assignPublicIP, $0.cpu, $0.memory) = (["sg-1"], true, "2048", "4096")
      ($0.tags, $0.secrets) = (["team": "shop"], ["TOKEN=checkout#token", "db"])
    }
    let request = plan.request(
      Samples.spec(3, ["B": "x\"y"], k6: ["--vus", "5"]), number: 2, on: .provider("FARGATE_SPOT"))
    #expect(
      try json(request) == """
        {"capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}],\
        "clientToken":"2026-11-23.3.1.2.\(request.clientToken.suffix(16))","cluster":"load","count":1,\
        "enableECSManagedTags":true,"networkConfiguration":{"awsvpcConfiguration":{"assignPublicIp":"ENABLED",\
        "securityGroups":["sg-1"],"subnets":["subnet-1"]}},"overrides":{"containerOverrides":[{"command":["run","--",\
        "--vus","5"],"environment":[{"name":"B","value":"x\\"y"},{"name":"GRID_ATTEMPT","value":"1"},\
        {"name":"GRID_SCRIPT","value":"/app/load.js"},{"name":"GRID_SECRETS","value":"TOKEN=checkout#token,db"},\
        {"name":"K6_SHARD_INDEX","value":"3"}],"name":"shard"}],"cpu":"2048","memory":"4096"},\
        "platformVersion":"1.4.0","propagateTags":"TASK_DEFINITION","startedBy":"\(plan.startedBy)",\
        "tags":[{"key":"k6-grid","value":"\(gridVersion)"},{"key":"k6-grid:attempt","value":"1"},\
        {"key":"k6-grid:run","value":"2026-11-23"},{"key":"k6-grid:shard","value":"3"},\
        {"key":"k6-grid:suite","value":"suite"},{"key":"team","value":"shop"}],"taskDefinition":"k6-shard:7"}
        """)
  }

  @Test func `on demand it names a launch type, and no capacity provider`() throws {
    let request = try Samples.taskPlan().request(Samples.spec(0), number: 1, on: .onDemand)
    #expect(request.launchType == "FARGATE" && request.capacityProviderStrategy == nil)
    #expect(request.overrides.containerOverrides?.first?.command == ["run"])
    #expect(try !json(request).contains("null"))
  }

  @Test func `a token says run, shard, attempt and try, and belongs to this run alone`() throws {
    let plan = try Samples.taskPlan()
    func token(_ shard: Int, _ attempt: Int, _ number: Int, _ plan: ECSTaskPlan) -> String {
      plan.request(Samples.spec(shard, attempt: attempt), number: number, on: .onDemand).clientToken
    }
    var tokens: Set<String> = []
    for shard in [1, 11] {
      for attempt in [1, 11] {
        for number in [1, 11] { tokens.insert(token(shard, attempt, number, plan)) }
      }
    }
    #expect(tokens.count == 8)
    #expect(token(1, 1, 1, plan) == token(1, 1, 1, plan))
    let other = RunPlan(
      run: Samples.run, nonce: "other", suite: "suite", shardCount: 1, script: "load.js", scriptDigest: nil,
      createdAt: Samples.instant(0))
    let longest = RunPlan(
      run: RunID(String(repeating: "r", count: 100))!, nonce: "n", suite: "s", shardCount: 10_000,
      script: "load.js", scriptDigest: nil, createdAt: Samples.instant(0))
    for plan in [other, longest] {
      let token = token(
        9999, 1000, 99, ECSTaskPlan(options: try Samples.ecs(), plan: plan, store: .folder("/x")))
      #expect(!tokens.contains(token) && token.utf8.count <= 64)
      #expect(token.utf8.allSatisfy { (33...126).contains($0) })
    }
  }

  @Test(
    arguments: [
      ("checkout", "2026-11-23", "k6-grid/checkout/2026-11-23/"),
      ("a.b_c-d", "2026-11-23.2", "k6-grid/a_b_c-d/2026-11-23_2/"),
      (
        String(repeating: "s", count: 255), String(repeating: "r", count: 100),
        "k6-grid/\(String(repeating: "s", count: 48))/\(String(repeating: "r", count: 48))/"
      ),
    ])
  func `startedBy is of what ECS takes, and can be made again`(suite: String, run: String, prefix: String)
    throws
  {
    let store = try StoreLocation("s3://bucket/checkout")
    let text = ecsStartedBy(suite: suite, run: try #require(RunID(run)), store: store)
    #expect(text.hasPrefix(prefix) && text.utf8.count <= 128)
    #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-/_".contains($0)) })
    #expect(text == ecsStartedBy(suite: suite, run: RunID(run)!, store: store))
    #expect(text != ecsStartedBy(suite: suite, run: RunID(run)!, store: .bucket("other", prefix: "")))
  }

  @Test func `what reads alike is told apart`() {
    let store = StoreLocation.folder("/x")
    let texts = [("a.b", "r"), ("a_b", "r"), ("a", "r.2"), ("a", "r_2")].map {
      ecsStartedBy(suite: $0.0, run: RunID($0.1)!, store: store)
    }
    #expect(Set(texts).count == 4)
  }

  @Test func `overrides may have 8192 characters, and who is too big is named`() throws {
    let plan = try Samples.taskPlan()
    let small = try json(plan.request(Samples.spec(0, ["BIG": ""]), number: 1, on: .onDemand).overrides).count
    let most = String(repeating: "x", count: 8192 - small)
    try plan.check(Samples.spec(0, ["BIG": most]))
    let error = #expect(throws: UsageError.self) {
      try plan.check(Samples.spec(0, ["BIG": most + "x", "B2": "0123456789"]))
    }
    let sentence = error?.description ?? ""
    #expect(sentence.contains("shard 0 take 82") && sentence.contains("ECS takes 8192"), "\(sentence)")
    #expect(
      sentence.contains("the biggest are BIG (\(most.count + 4)), GRID_SCRIPT (23), B2 (12)"), "\(sentence)")
    // Escapes count.
    #expect(throws: UsageError.self) {
      try plan.check(Samples.spec(0, ["BIG": String(repeating: "\"", count: most.count / 2 + 20)]))
    }
  }

  @Test func `a reason is one line of at most 255 characters`() {
    let request = ECSStopTask(
      cluster: "load", task: "a", reason: "first\nsecond\u{1b}[0m " + String(repeating: "x", count: 300))
    #expect(request.reason.hasPrefix("k6-grid: first second [0m xxx") && request.reason.count <= 255)
  }

  @Test func `answers with words that nobody knew are understood`() throws {
    let text = """
      {"tasks":[{"taskArn":"a","lastStatus":"HOVERING","stopCode":"NewCode","createdAt":1.5e9,"more":{},
      "containers":[{"name":"shard","lastStatus":"ODD","networkInterfaces":[]}]}],"failures":[{"arn":"b","reason":"NEW"}],"x":1}
      """
    let answer = try JSONDecoder().decode(ECSTasks.self, from: Data(text.utf8))
    #expect(
      answer.tasks?.first?.stopCode == "NewCode" && answer.tasks?.first?.containers?.first?.exitCode == nil)
    #expect(answer.failures?.first?.reason == "NEW")
    #expect(try JSONDecoder().decode(ECSTasks.self, from: Data("{}".utf8)) == ECSTasks())
  }
}
