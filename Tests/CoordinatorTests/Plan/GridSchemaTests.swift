import Foundation
import Shared
import TestSupport
import Testing
import Yams

@testable import Coordinator

/// docs/grid.schema.json and the reader of grid.yml know the same names and the same words.
@Suite struct GridSchemaTests {
  private static let schema = (try? JSON(GridSchema.text.utf8)) ?? .null

  /// Every default of the schema's, as a file that says them all.
  private func withDefaults(_ schema: JSON, _ given: JSON) -> JSON {
    if let name = schema["$ref"]?.string?.split(separator: "/").last, schema["default"] == nil {
      return withDefaults(Self.schema["definitions"]?[String(name)] ?? .null, given)
    }
    if let forms = schema["anyOf"]?.array {
      return forms.first { $0["properties"] != nil }.map { withDefaults($0, given) } ?? given
    }
    if let items = schema["items"], let elements = given.array {
      return .array(elements.map { withDefaults(items, $0) })
    }
    var said = given.object ?? [:]
    for (name, member) in schema["properties"]?.object ?? [:] {
      if let usual = member["default"] {
        said[name] = said[name] ?? usual
      } else if let inner = said[name] {
        said[name] = withDefaults(member, inner)
      }
    }
    return said.isEmpty ? given : .object(said)
  }

  @Test func `a default of the schema's is what is so without it`() throws {
    let least: JSON = [
      "script": "load.js", "generator": [:],
      "ecs": [
        "cluster": "load", "task_definition": "k6-shard", "subnets": "subnet-1",
        "capacity_providers": [["name": "FARGATE_SPOT"]],
      ],
      "alert": ["issue": [:], "status": [:]],
    ]
    let full = withDefaults(Self.schema, least)
    #expect(full["ecs"]?["describe_interval"] == "5s" && full["alert"]?["status"]?["target"] == "commit")
    let options = try [least, full].map { json in
      let file = try GridConfiguration(yaml: String(decoding: json.text, as: UTF8.self), name: "grid.yml")
      return String(
        describing: try RunOptions(.init(isAlerted: false), file, usualStore: "file:///out") { _ in true })
    }
    #expect(options[0] == options[1])
    #expect(TrendRules().sensitivity == .normal)
    #expect(Self.schema["properties"]?["trend"]?["properties"]?["sensitivity"]?["default"] == "normal")
  }

  /// Where names are, and a file that has a wrong one there.
  @Test(
    arguments: [
      (["properties"], "nonsense: 1"),
      (["properties", "generator", "properties"], "generator: {nonsense: 1}"),
      (["properties", "trend", "properties"], "trend: {nonsense: 1}"),
      (["properties", "report", "properties"], "report: {nonsense: 1}"),
      (["definitions", "ecs", "properties"], "ecs: {nonsense: 1}"),
      (
        ["definitions", "ecs", "properties", "capacity_providers", "items", "properties"],
        "ecs: {capacity_providers: [{nonsense: 1}]}"
      ),
      (["definitions", "threshold", "anyOf", "1", "properties"], "thresholds: {http_reqs: {nonsense: 1}}"),
      (["definitions", "alert", "properties"], "alert: {nonsense: 1}"),
      (
        ["definitions", "alert", "properties", "issue", "anyOf", "1", "properties"],
        "alert: {issue: {nonsense: 1}}"
      ),
      (
        ["definitions", "alert", "properties", "status", "anyOf", "1", "properties"],
        "alert: {status: {nonsense: 1}}"
      ),
      (
        ["definitions", "alert", "properties", "sns", "anyOf", "1", "properties"],
        "alert: {sns: {nonsense: 1}}"
      ),
    ])
  func `the names are those that the reader expects`(path: [String], yaml: String) throws {
    let properties = path.reduce(Self.schema as JSON?) { node, step in
      Int(step).map { node?.array?[$0] } ?? node?[step]
    }
    let names = Set(try #require(properties?.object).keys)
    let error = try #require(throws: UsageError.self) { try GridConfiguration(yaml: yaml, name: "grid.yml") }
    let expected = try #require(error.description.components(separatedBy: "is not known: expected ").last)
    let listed = expected.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init).filter {
      $0 != "or"
    }
    #expect(Set(listed) == names, "\(error)")
  }

  /// A name that is read, and neither in the sentence nor in the schema, would be nobody's.
  @Test func `every name that the reader has a case for is in the schema`() throws {
    let folder = repositoryRoot().appending(path: "Sources/Coordinator/Plan")
    var count = 0
    for file in ["GridConfiguration", "ECSSettings+YAML", "AlertSettings", "ReportSettings"] {
      let source = try String(contentsOf: folder.appending(path: "\(file).swift"), encoding: .utf8)
      for name in source.matches(of: #/case "([a-zA-Z_0-9]+)":/#) {
        count += 1
        #expect(GridSchema.text.contains("\"\(name.1)\": {"), "\(file): \(name.1)")
      }
    }
    #expect(count > 50)
  }

  private func json(_ yaml: String) throws -> JSON {
    func json(_ node: Node) -> JSON {
      if let mapping = node.mapping {
        return .object(
          Dictionary(uniqueKeysWithValues: mapping.map { ($0.key.string ?? "", json($0.value)) }))
      }
      if let sequence = node.sequence { return .array(sequence.map(json)) }
      // As YAML 1.2 and editors read a plain text.
      if node.scalar?.style == .plain, let bool = node.string.flatMap(Bool.init) { return .bool(bool) }
      if node.scalar?.style == .plain, let number = node.string.flatMap(Double.init) {
        return .number(number)
      }
      return .string(node.string ?? "")
    }
    return json(try #require(try Yams.compose(yaml: yaml)))
  }

  @Test(
    arguments: [
      "shards: 10\nlean: true\nmax_duration: 1h30m\nsetup: per-shard",
      "shards: auto\nenv: {A: 1, B: x, C: true}",
      "thresholds: {http_reqs: [rate>=2000, {threshold: count>1, abortOnFail: true, delayAbortEval: 30s}]}",
      "generator: {cpu: 0.8, dropped_iterations: off}\ntrend: {branch: main, sensitivity: keen}",
      "ecs: {cluster: load, task_definition: k6-shard, subnets: subnet-1, capacity_providers: [{name: FARGATE, base: 1}], cpu: 2048, memory: 4096, spot_fallback: 3, tags: {team: a}, describe_interval: 5s, vcpu_hour_usd: 0.03238, gb_hour_usd: 0}",
      "suite: a\nalert: {issue: {labels: [a], open_on_degraded: true}, status: true, comment: always, sns: 'arn:aws:sns:eu-west-1:123456789012:t', metrics: Load/Gate, notify: change}",
      "report: {url: https://acme.example/x, first_run: 02:17 UTC}\nstore: s3://bucket/x\nk6_options: [--vus, '3']",
    ])
  func `what is right is right for both`(yaml: String) throws {
    _ = try GridConfiguration(yaml: yaml, name: "grid.yml")
    #expect(JSONSchema(Self.schema).problems(try json(yaml)) == [])
  }

  @Test(
    arguments: [
      "shards: 0", "shards: many", "setup: twice", "lean: maybe", "max_duration: 5 minutes", "nonsense: 1",
      "generator: {cpu: 80}", "trend: {sensitivity: loud}", "report: {url: here}", "env: [a]",
      "thresholds: {http_reqs: {abortOnFail: true}}", "ecs: {capacity_providers: [{name: EC2}]}",
      "ecs: {cpu: 100}", "ecs: {memory: 1}", "ecs: {spot_fallback: 0}", "ecs: {launch_type: EC2}",
      "ecs: {vcpu_hour_usd: -1}", "ecs: {gb_hour_usd: cheap}",
      "alert: {comment: never}", "alert: {sns: load}", "alert: {repository: x}",
      "alert: {status: {target: x}}",
    ])
  func `what is wrong is wrong for both`(yaml: String) throws {
    #expect(throws: UsageError.self) { try GridConfiguration(yaml: yaml, name: "grid.yml") }
    #expect(JSONSchema(Self.schema).problems(try json(yaml)) != [])
  }

  @Test func `the repository's own files are valid`() throws {
    for path in ["docker/rehearsal/grid.yml"] {
      let yaml = try String(contentsOf: repositoryRoot().appending(path: path), encoding: .utf8)
      #expect(JSONSchema(Self.schema).problems(try json(yaml)) == [], "\(path)")
    }
    let suite = try NewSuite(name: "shop", address: "https://a.example/?q=\"x").checkedOrNil()
    #expect(suite == nil, "a quote is no part of an address")
    var new = NewSuite(name: "shop", address: "https://a.example/", store: "s3://bucket/shop")
    new.ecs.cluster = "load"
    (new.ecs.taskDefinition, new.ecs.subnets, new.ecs.cpu) = ("k6-shard:3", ["subnet-1", "subnet-2"], "2048")
    let yaml = try #require(try new.checked().files.first).text
    #expect(JSONSchema(Self.schema).problems(try json(yaml)) == [])
    let read = try GridConfiguration(yaml: yaml, name: "grid.yml")
    #expect(read.ecs.subnets == new.ecs.subnets && read.store == new.store && read.ecs.cpu == "2048")
  }

  @Test(
    arguments: [
      ("suite: a\nwrong:\n  x: 1", "line 2, column 1"),
      ("alert:\n  issue:\n    nonsense:\n      - a", "line 3, column 5"),
      ("suite: a\n  b: c", "line 2, column "), ("ecs:\n  subnets:\n    - vpc-1", "line 3, column 7"),
    ])
  func `an error says line and column`(yaml: String, place: String) {
    let error = #expect(throws: UsageError.self) { try GridConfiguration(yaml: yaml, name: "grid.yml") }
    #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
  }
}

extension NewSuite {
  fileprivate func checkedOrNil() throws -> NewSuite? { try? checked() }
}
