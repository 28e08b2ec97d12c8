/// The names of a run's objects: the bucket contract, in one place.
package struct RunKeys: Sendable {
  package let run: RunID

  package init(_ run: RunID) { self.run = run }

  package var plan: ObjectKey { key("run.json") }
  package var thresholds: ObjectKey { key("thresholds.json") }
  package var start: ObjectKey { key("start.json") }
  package var result: ObjectKey { key("result.json") }
  package var alerts: ObjectKey { key("alerts.json") }
  package var setup: ObjectKey { key("setup.json") }
  package var alive: ObjectKey { key("alive.json") }
  package var stop: ObjectKey { key("stop.json") }
  package var teardown: ObjectKey { key("teardown.json") }

  /// A file of the script that came with the run; its path is one that ``ScriptFile`` allows.
  package func scriptFile(_ path: String) -> ObjectKey { key("script/\(path)") }

  package func claim(_ shard: Int) -> ObjectKey { key("shard-\(shard)/claim.json") }
  package func ready(_ shard: Int) -> ObjectKey { key("shard-\(shard)/ready.json") }
  package func progress(_ shard: Int) -> ObjectKey { key("shard-\(shard)/progress.json") }
  package func ended(_ shard: Int) -> ObjectKey { key("shard-\(shard)/ended.json") }
  package func failed(_ shard: Int) -> ObjectKey { key("shard-\(shard)/failed.json") }
  package func summary(_ shard: Int) -> ObjectKey { key("shard-\(shard)/summary.json") }
  package func k6Log(_ shard: Int) -> ObjectKey { key("shard-\(shard)/k6.log.gz") }

  // A run id is made of a key's letters only, so this cannot fail.
  private func key(_ name: String) -> ObjectKey { ObjectKey("\(run)/\(name)")! }
}

/// Which run of the suite is under way: two at once would double the load.
package let activeKey: ObjectKey = "active.json"

/// One file for all runs of a suite.
package let historyKey: ObjectKey = "history.csv"

extension ObjectKey {
  /// What setup() returned.
  var isSecret: Bool { text.hasSuffix("/setup.json") }
}
