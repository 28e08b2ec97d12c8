import Shared

/// Takes the suite for one run: two at once would double the load.
struct ActiveClaim: Sendable {
  let store: any ObjectStore
  let location: StoreLocation
  let host: CoordinatorHost
  let say: @Sendable (String) -> Void

  private var steadyStore: RetryingStore { RetryingStore(store, host.retryWindow { say("\($0)\n") }) }

  /// Another run that was found, and when its counter was last seen to change.
  private struct Seen {
    let run: ActiveRun
    let since: UTCInstant
  }

  /// - Parameters:
  ///   - wait: seconds for another run to end; 0 to be refused at its first sign of life.
  ///   - candidate: what to write, made anew at every try: the date may change while a run waits.
  /// - Throws: ``SuiteIsBusy``.
  func take(wait: Double, candidate: () async throws -> ActiveRun) async throws -> (ActiveRun, ActiveHold) {
    let deadline = host.now().advanced(bySeconds: wait)
    var seen: Seen?
    while true {
      guard let object = try await steadyStore.get(activeKey) else {
        if let taken = try await put(try await candidate(), if: .absent) { return taken }
        continue
      }
      let other = try read(object)
      if let known = seen, known.run == other {
        let silent = host.now().seconds(since: known.since)
        if try await isOver(other, silentFor: silent) {
          say("\(other.name) has given no sign for \(Int(silent)) s and is taken over\n")
          if let taken = try await put(try await candidate(), if: .matches(etag: object.etag)) {
            return taken
          }
          seen = nil
        }
      } else {
        let isAlive = seen?.run.nonce == other.nonce
        if isAlive, host.now() >= deadline { throw SuiteIsBusy(other: other, location: location) }
        if seen?.run.nonce != other.nonce { say(waiting(other, wait)) }
        seen = Seen(run: other, since: host.now())
      }
      try await host.sleep(.seconds(min(1, other.interval / 2)))
    }
  }

  private func read(_ object: StoredObject) throws -> ActiveRun {
    do { return try decoded(ActiveRun.self, from: object.bytes, name: activeKey.text) } catch {
      throw UnreadableDocument(
        name: location.name(activeKey.text),
        reason: "\(error); delete it when no run of the suite is under way")
    }
  }

  private func waiting(_ other: ActiveRun, _ wait: Double) -> String {
    let what =
      wait > 0 ? "waiting for its end, up to \(Int(wait)) s" : "waiting for a sign of its coordinator"
    return "\(other.name) is under way in \(location.name(activeKey.text)): \(what)\n"
  }

  private func put(_ document: ActiveRun, if condition: PutCondition) async throws -> (ActiveRun, ActiveHold)?
  {
    guard case .stored(let etag) = try await steadyStore.putDocument(document, at: activeKey, if: condition)
    else {
      return nil
    }
    return (document, ActiveHold(document, etag: etag, store: store))
  }

  /// Its coordinator is gone: three counts were missed, and nothing of it can still make load. Its shards stop by
  /// themselves after their dead-man time; before that a run whose load has not begun, or has ended everywhere, is over. A
  /// bucket's own trouble may keep a coordinator from counting, so there the time is always waited for.
  private func isOver(_ other: ActiveRun, silentFor silent: Double) async throws -> Bool {
    if silent >= max(other.deadManSeconds, 3 * other.interval) { return true }
    guard silent >= 3 * other.interval else { return false }
    let keys = RunKeys(other.run)
    let names = Set(try await steadyStore.list("\(other.run)/"))
    // Recorded or not: what has announced itself and not handed in may still make load.
    if names.contains(keys.result) { return keys.atWork(names).isEmpty }
    guard case .folder = location else { return false }
    if !names.contains(keys.start) { return true }
    guard let plan = try? await store.getDocument(RunPlan.self, at: keys.plan) else { return false }
    return (0..<plan.shardCount).allSatisfy { names.contains(keys.summary($0)) }
  }
}

/// Another run of the suite is under way.
struct SuiteIsBusy: Error, CustomStringConvertible {
  let other: ActiveRun
  let location: StoreLocation

  var description: String {
    "\(other.name) is under way, and two at once would double the load: wait for it with --wait, or end it with coordinator stop \(location.name(other.run.text))"
  }
}

extension RunKeys {
  /// The shards that have announced themselves and not handed in, by what lies under the run.
  func atWork(_ names: Set<ObjectKey>) -> [Int] {
    names.compactMap { name -> Int? in
      let parts = name.text.split(separator: "/")
      guard parts.count == 3, parts[2] == "ready.json", parts[1].hasPrefix("shard-") else { return nil }
      return Int(parts[1].dropFirst(6))
    }.filter { !names.contains(summary($0)) }.sorted()
  }
}
