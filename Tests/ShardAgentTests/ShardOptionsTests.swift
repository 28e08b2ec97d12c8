import Shared
import Testing

@testable import ShardAgent

@Suite struct ShardOptionsTests {
  private func options(_ change: (inout RawShardOptions) -> Void) throws(UsageError) -> ShardOptions {
    var raw = RawShardOptions(script: "load.js", index: "1", count: "3")
    raw.store = "file:///tmp/out"
    change(&raw)
    return try ShardOptions(raw) { $0 == "load.js" }
  }

  @Test func `what is written is what is run`() throws {
    let options = try options { $0.run = "2026-11-23.2" }
    #expect(options.index == 1 && options.count == 3)
    #expect(options.run?.text == "2026-11-23.2")
    #expect(options.patience == 300 && !options.isLean)
    #expect(try self.options { $0.lean = "true" }.isLean && !self.options { $0.lean = "false" }.isLean)
  }

  @Test func `in a run the plan says what the shard was not told`() throws {
    let told = try options {
      $0.run = "2026-11-23"
      ($0.script, $0.index, $0.count) = (nil, nil, nil)
    }
    #expect(told.script == nil && told.index == nil && told.count == nil && !told.startsNow)
    let alone = try options { ($0.index, $0.count) = (nil, nil) }
    #expect(alone.index == 0 && alone.count == 1)
  }

  @Test func `several by hand share a run id and start when they are ready`() throws {
    let options = try options { ($0.run, $0.start, $0.index) = ("hand-checkout", "now", nil) }
    #expect(options.startsNow && options.count == 3 && options.index == nil)
  }

  @Test func `a script may lie in a bucket`() throws {
    let options = try options { $0.script = "s3://load-tests/checkout/load.js" }
    #expect(options.script == .object(bucket: .bucket("load-tests", prefix: ""), key: "checkout/load.js"))
    #expect(options.script?.description == "s3://load-tests/checkout/load.js")
  }

  @Test func `live metrics are of the suite, once a second, unless something else is wanted`() throws {
    let usual = try options { _ in }.emf
    #expect(usual?.isPerShard == false && usual?.namespace == "k6-grid")
    #expect(usual?.interval == 1 && usual?.resolution == 60)
    let other = try options {
      $0.emf.series = "shard"
      ($0.emf.namespace, $0.emf.interval, $0.emf.resolution) = ("Load/k6", "60", "1")
    }.emf
    #expect(other?.isPerShard == true && other?.namespace == "Load/k6")
    #expect(other?.interval == 60 && other?.resolution == 1)
    #expect(try options { $0.emf.series = "off" }.emf == nil)
  }

  @Test func `wrong usage is one sentence that says what was expected`() {
    let wrong: [(String, (inout RawShardOptions) -> Void)] = [
      ("no script", { $0.script = nil }), ("does not exist", { $0.script = "none.js" }),
      ("0 to 2", { $0.index = "3" }), ("whole number", { $0.index = "-1" }),
      ("whole number", { $0.index = "x" }),
      ("from 1", { $0.count = "0" }), ("no shard index", { $0.index = nil }),
      ("file:///", { $0.store = "s3:/x" }),
      ("run id", { $0.run = "../x" }), ("cannot be passed on", { $0.k6Options = ["--paused"] }),
      ("attempt", { $0.attempt = "0" }), ("series cap", { $0.seriesCap = "none" }),
      ("GRID_LEAN) is 'yes': expected true or false", { $0.lean = "yes" }),
      ("expected true or false", { $0.lean = "" }),
      ("patience", { $0.patience = "1.5" }), ("each once", { $0.reportTags = ["name", "name"] }),
      ("each once", { $0.reportTags = ["name", ""] }), ("is empty", { $0.k6 = "" }),
      ("is no name", { $0.suite = "a b/../x" }),
      ("is no name", { $0.suite = String(repeating: "s", count: 256) }),
      ("off, suite or shard", { $0.emf.series = "on" }),
      ("1 to 255 ASCII", { $0.emf.namespace = "" }), ("1 to 255 ASCII", { $0.emf.namespace = " " }),
      ("1 to 255 ASCII", { $0.emf.namespace = String(repeating: "n", count: 256) }),
      ("1 to 255 ASCII", { $0.emf.namespace = "größe" }),
      ("1 to 255 ASCII", { $0.emf.namespace = "AWS/ECS" }),
      ("1 to 255 ASCII", { $0.emf.namespace = ":x" }), ("1 to 255 ASCII", { $0.emf.namespace = "a\tb" }),
      ("from 1 to 60", { $0.emf.interval = "0" }), ("from 1 to 60", { $0.emf.interval = "61" }),
      ("from 1 to 60", { $0.emf.interval = "0.5" }), ("1 or 60", { $0.emf.resolution = "10" }),
      ("1 or 60", { ($0.emf.series, $0.emf.resolution) = ("off", "no") }),
      ("file:///", { $0.store = "file:////" }),
      ("s3://bucket/key", { $0.script = "s3://bucket" }), ("s3://bucket/key", { $0.script = "s3://b/a.js" }),
      ("s3://bucket/key", { $0.script = "s3://bucket/a b.js" }),
      ("expected now", { ($0.run, $0.start) = ("hand-1", "12:00") }),
      ("begins with hand-", { $0.start = "now" }),
      ("begins with hand-", { ($0.run, $0.start) = ("2026-11-23", "now") }),
      ("nobody says how many", { ($0.run, $0.start, $0.count) = ("hand-1", "now", nil) }),
      ("no script", { ($0.run, $0.start, $0.script) = ("hand-1", "now", nil) }),
    ]
    for (expected, change) in wrong {
      do {
        _ = try options(change)
        Issue.record("'\(expected)' was accepted")
      } catch {
        #expect(error.description.contains(expected), "\(error)")
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
