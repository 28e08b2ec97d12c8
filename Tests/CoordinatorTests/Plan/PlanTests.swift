import Shared
import Testing

@testable import Coordinator

@Suite struct PlanTests {
  private func options(_ flags: RunOptions.Flags, yaml: String = "") throws -> RunOptions {
    try RunOptions(
      flags, GridConfiguration(yaml: yaml, name: "grid.yml"), usualStore: "file:///tmp/out",
      fileExists: { $0 == "load.js" })
  }

  @Test func `flags win over the file, the file over what is usual`() throws {
    let yaml =
      "suite: shop\nshards: 4\nscript: other.js\nenv: {A: 1, B: two}\nthresholds:\n  http_reqs: rate>=5\n"
    let options = try options(
      .init(shards: .exactly(2), script: "load.js", environment: ["A=x=y"]), yaml: yaml)
    #expect((options.suite, options.shards, options.script) == ("shop", .exactly(2), "load.js"))
    #expect(options.environment == ["A": "x=y", "B": "two"])
    #expect(options.thresholds.map(\.name) == ["http_reqs rate>=5"])
  }

  @Test func `a run is lean when a flag or the file says so`() throws {
    #expect(try options(.init(script: "load.js")).lean == nil)
    #expect(try options(.init(script: "load.js"), yaml: "lean: true").lean == true)
    #expect(try options(.init(script: "load.js"), yaml: "lean: false").lean == false)
    #expect(try options(.init(script: "load.js", lean: true), yaml: "lean: false").lean == true)
  }

  @Test func `where nothing is configured the usual three limits hold`() throws {
    #expect(
      try options(.init(script: "load.js")).thresholds.map(\.name) == [
        "http_req_duration p(95)<800", "http_req_failed rate<0.01", "http_reqs rate>=2000",
      ])
  }

  @Test func `a file may say that there are no limits besides the script's, and nothing is judged twice`()
    throws
  {
    #expect(try options(.init(script: "load.js"), yaml: "thresholds: {}").thresholds.isEmpty)
    let twice = RunOptions.Flags(script: "load.js", thresholds: ["http_reqs=count>1", "http_reqs=count>1"])
    #expect(try options(twice).thresholds.map(\.name) == ["http_reqs count>1"])
  }

  @Test func `a script is a path, whatever it begins with`() throws {
    let options = try RunOptions(
      .init(script: "-x.js"), GridConfiguration(), usualStore: "file:///tmp/out", fileExists: { _ in true })
    #expect(options.script == "./-x.js")
  }

  @Test func `a flag takes the place of the file's limits of the same selector`() throws {
    let yaml = "thresholds:\n  http_reqs: [rate>=5, count>1]\n  http_req_duration: [p(95)<800]\n"
    let flags = RunOptions.Flags(
      script: "load.js", thresholds: ["http_req_duration=p(95)<1", "http_reqs{name:a=b}=count>=2"])
    #expect(
      try options(flags, yaml: yaml).thresholds.map(\.name) == [
        "http_reqs rate>=5", "http_reqs count>1", "http_req_duration p(95)<1", "http_reqs{name:a=b} count>=2",
      ])
  }

  @Test(
    arguments: [
      ("suit: x", "line 1, column 1: 'suit' is not known"), ("shards: many", "whole number"),
      ("shards: 0", "line 1, column 9: shards: expected a whole number from 1 to 10000, or auto"),
      ("generator: {cpus: 1}", "'generator.cpus' is not known"),
      ("generator:\n  cpu: 80", "line 2, column 8: generator.cpu: expected a share above 0 and up to 1"),
      ("generator: {run_delay: 0}", "or off"), ("generator: off", "expected names"),
      ("- a", "expected names"), ("env: [a]", "expected names"),
      ("thresholds:\n  http_reqs: rate>5ms", "line 2, column 14: threshold"),
      ("thresholds:\n  http_reqs:\n    - {threshold: count>1, abort: true}", "'abort' is not known"),
      ("thresholds:\n  http_reqs:\n    - {abortOnFail: true}", "'threshold' is missing"),
      ("thresholds:\n  http_req_failed: p(95)<1", "is a rate"), ("a: [", "no YAML"),
      ("suite: {}", "expected a text"),
      ("suite: a\nlean: maybe", "line 2, column 7: lean: expected true or false"),
      ("suite: a\nsuite: b", "no YAML"),
    ])
  func `a wrong file is one sentence with the place`(yaml: String, expected: String) {
    do {
      _ = try GridConfiguration(yaml: yaml, name: "grid.yml")
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)".contains(expected) && "\(error)".hasPrefix("grid.yml"), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test func `limits of the generators that are not named stay as usual`() throws {
    let limits = try options(
      .init(script: "load.js"), yaml: "generator: {cpu: 0.7, throttled: off, dropped_iterations: 0.01}"
    ).generatorLimits
    #expect(limits.cpu == 0.7 && limits.throttled == nil && limits.droppedIterations == 0.01)
    #expect(limits.runDelay == GeneratorLimits.usual.runDelay)
    #expect(try options(.init(script: "load.js")).generatorLimits == .usual)
  }

  @Test func `shards may be as many as fit`() throws {
    #expect(try options(.init(script: "load.js"), yaml: "shards: auto").shards == .auto)
    #expect(try options(.init(script: "load.js")).shards == .exactly(1))
    for (text, count) in [("auto", ShardCount.auto), ("1", .exactly(1)), ("10000", .exactly(10_000))] {
      #expect(ShardCount(text) == count)
    }
    for text in ["0", "10001", "-1", "many", "", "Auto", "1.5"] { #expect(ShardCount(text) == nil) }
  }

  @Test func `k6's object form of a threshold`() throws {
    let yaml = "thresholds:\n  checks:\n    - {threshold: rate>0.9, abortOnFail: true, delayAbortEval: 10s}"
    let threshold = try #require(try GridConfiguration(yaml: yaml, name: "f").thresholds?.first)
    #expect(
      threshold == .init(selector: "checks", expression: "rate>0.9", abortOnFail: true, delayAbortEval: 10))
  }

  @Test(
    arguments: [
      (RunOptions.Flags(), "no script"), (.init(script: "none.js"), "does not exist"),
      (.init(script: "load.js", thresholds: ["http_reqs"]), "has no limit"),
      (.init(script: "load.js", thresholds: ["http_reqs=fast"]), "--threshold"),
      (.init(script: "load.js", environment: ["A"]), "--env"),
      (.init(script: "load.js", store: "s3:/x"), "--store"),
      (.init(suite: "a b", script: "load.js"), "suite"),
      (.init(script: "load.js", environment: ["A=\u{0}"]), "zero byte"),
      (.init(script: "load.js", k6Options: ["--paused"]), "cannot be passed on"),
      (.init(script: "load.js", readyTimeout: .nan), "--ready-timeout"),
      (.init(script: "load.js", readyTimeout: -1), "--ready-timeout"),
    ])
  func `wrong flags are one sentence`(flags: RunOptions.Flags, expected: String) {
    do {
      _ = try options(flags)
      Issue.record("it was accepted")
    } catch {
      #expect("\(error)".contains(expected), "\(error)")
    }
  }
}
