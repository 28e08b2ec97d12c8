import Shared

/// How the shards are, at one look.
struct ShardsAtWork: Sendable {
  /// Those that are still at work: their launcher says so, and they have not handed in. A task may take a minute to go.
  let running: [Int]
  /// What lies under the run; `nil` when the store did not say.
  let names: Set<ObjectKey>?
}

extension GridRun {
  /// Until every shard has handed in or is gone. After what k6 itself allows, and two minutes for its summary and the
  /// hand-in, the rest is told to stop.
  func waitForEnd(_ thresholds: [GateThreshold], _ startAt: UTCInstant) async throws {
    let ready = attempts.allReady
    let allowed = min(max(0, ready.map(\.script.totalSeconds).max() ?? 0), 1e9) + 120
    let deadline = startAt.advanced(bySeconds: allowed)
    var collector = ProgressCollector(
      store: store, plan: plan, ready: ready, thresholds: thresholds, startAt: startAt)
    var nextLook = startAt
    var loads = LoadEndings(run: self)
    defer { display.ended() }
    while true {
      let began = host.now()
      let shards = try await shardsAtWork()
      if shards.running.isEmpty {
        // What was over all of the load is the last that is shown.
        display.progress(await collector.read(at: host.now(), running: [], names: shards.names))
        return
      }
      try await checkStop()
      if host.now() > deadline {
        throw RunStopped(
          .deadline, "the shards had not ended \(Int(allowed)) s after the start, so they were stopped")
      }
      await loads.look(shards)
      if let index = loads.aborted {
        throw RunStopped(
          .script, "the script called test.abort() on shard \(index), so all shards were stopped")
      }
      if host.now() >= nextLook {
        try await look(&collector, shards)
        nextLook = began.advanced(bySeconds: 1)
      }
      // While the load runs its machine has better things to do than to look into a folder ten times a second.
      try await pause(since: began, of: max(options.store.pollSeconds, 0.2))
    }
  }

  /// What the shards have told is shown, and held against the thresholds that stop a run.
  private func look(_ collector: inout ProgressCollector, _ shards: ShardsAtWork) async throws {
    let progress = await collector.read(
      at: host.now(), running: Set(shards.running), names: shards.names)
    display.progress(progress)
    if let crossing = abortingCrossing(progress) {
      throw RunStopped(.threshold, "\(crossing.sentence), so all shards were stopped (abortOnFail)")
    }
  }

  /// - Throws: ``RunStopped`` when the store has not answered for too long.
  func shardsAtWork() async throws -> ShardsAtWork {
    await launcher.refresh(isUrgent: false)
    let launched = await launchedShards()
    guard let names = try await names() else { return ShardsAtWork(running: launched, names: nil) }
    let handedIn = launched.filter {
      !attempts.isHandedIn($0) && names.contains(RunKeys(plan.run).summary($0))
    }
    for (index, word) in await inParallel(handedIn, handIn) where word?.isCurrent ?? false {
      attempts.noteHandedIn(index)
    }
    return ShardsAtWork(running: launched.filter { !attempts.isHandedIn($0) }, names: names)
  }

  /// Those of which the launcher says that they run.
  func launchedShards() async -> [Int] {
    var running: [Int] = []
    for index in 0..<plan.shardCount where await launcher.state(index).isRunning { running.append(index) }
    return running
  }

  /// What lies under the run; `nil` when the store does not answer just now.
  func names() async throws -> Set<ObjectKey>? {
    try await tolerating { Set(try await store.list("\(plan.run)/")) }
  }

  /// - Returns: `nil` for what the store does not answer just now.
  /// - Throws: ``RunStopped``; ``UnreadableDocument``, of which waiting makes nothing better.
  func tolerating<Value>(_ read: () async throws -> Value) async throws -> Value? {
    do {
      let value = try await read()
      patience.worked()
      return value
    } catch let error as UnreadableDocument {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch {
      if let sentence = try patience.failed(error, at: host.now()) { display.note(sentence) }
      return nil
    }
  }

  /// The rest of the time between two looks.
  func pause(since began: UTCInstant, of seconds: Double? = nil) async throws {
    let whole = seconds ?? options.store.pollSeconds
    // Never none: whatever else runs must get its turn. Never more, whatever the clock does.
    try await host.sleep(.seconds(min(max(whole - host.now().seconds(since: began), 0.02), whole)))
  }
}

extension GridRun {
  /// What a summary says of itself.
  struct HandIn: Sendable {
    /// Another attempt's, or another run's, does not count.
    let isCurrent: Bool
    let ending: K6Ending?
  }

  /// - Returns: `nil` when there is none, or the store does not answer. One that cannot be read is there all the same:
  ///   it is written once.
  @Sendable func handIn(_ index: Int) async -> HandIn? {
    struct Envelope: Decodable {
      struct Grid: Decodable {
        let shard: ShardIdentity
        let ending: K6Ending
      }
      let grid: Grid
    }
    let key = RunKeys(plan.run).summary(index)
    do {
      guard let grid = try await store.getDocument(Envelope.self, at: key)?.grid else { return nil }
      let isCurrent = attempts.counts(grid.shard, of: plan, index: index)
      if !isCurrent, let sentence = attempts.report(key, by: grid.shard, of: plan, index: index) {
        display.note(sentence)
      }
      return HandIn(isCurrent: isCurrent, ending: grid.ending)
    } catch is UnreadableDocument {
      return HandIn(isCurrent: true, ending: nil)
    } catch {
      return nil
    }
  }
}
