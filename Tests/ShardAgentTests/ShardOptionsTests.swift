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
    #expect(options.segment == ExecutionSegment(index: 1, count: 3))
    #expect(options.run?.text == "2026-11-23.2")
    #expect(options.patience == 300)
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
      ("patience", { $0.patience = "1.5" }), ("each once", { $0.reportTags = ["name", "name"] }),
      ("each once", { $0.reportTags = ["name", ""] }), ("is empty", { $0.k6 = "" }),
      ("is no name", { $0.suite = "a b/../x" }), ("file:///", { $0.store = "file:////" }),
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
