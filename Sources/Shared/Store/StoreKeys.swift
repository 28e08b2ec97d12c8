/// The names of a run's objects: the bucket contract, in one place.
package struct RunKeys: Sendable {
  package let run: RunID

  package init(_ run: RunID) { self.run = run }

  package var plan: ObjectKey { key("run.json") }
  package var thresholds: ObjectKey { key("thresholds.json") }
  package var start: ObjectKey { key("start.json") }
  package var result: ObjectKey { key("result.json") }
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

  /// The shards that have announced themselves and not handed in, by what lies under the run.
  package func atWork(_ names: Set<ObjectKey>) -> [Int] {
    names.compactMap { name -> Int? in
      let parts = name.text.split(separator: "/")
      guard parts.count == 3, parts[2] == "ready.json", parts[1].hasPrefix("shard-") else { return nil }
      return Int(parts[1].dropFirst(6))
    }.filter { !names.contains(summary($0)) }.sorted()
  }

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
