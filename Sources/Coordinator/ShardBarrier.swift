import Shared

/// Waits until every shard has announced itself with a paused k6, and then until all may start. A shard that came to
/// nothing through no fault of its own is launched again.
struct ShardBarrier: Sendable {
  let run: GridRun

  private enum Phase {
    /// Its k6 is paused.
    case paused
    /// Its k6 has what setup() returned, where one runs it for all.
    case set
  }

  private var attempts: ShardAttempts { run.attempts }
  private var keys: RunKeys { RunKeys(run.plan.run) }

  /// - Throws: ``RunStopped`` naming the shard that died or never got ready; ``UsageError`` when the script has not
  ///   the VUs for so many shards.
  func waitUntilReady() async throws {
    let deadline = run.host.now().advanced(bySeconds: run.options.readyTimeout)
    while true {
      let began = run.host.now()
      let isWhole = try await look(.paused, isUrgent: false)
      let waiting = waiting(.paused)
      if isWhole || waiting.isEmpty {
        run.display.ready(run.plan.shardCount - waiting.count, of: run.plan.shardCount)
      }
      if isWhole, waiting.isEmpty { break }
      try await run.checkStop()
      if run.host.now() > deadline {
        throw notReady(waiting, after: run.options.readyTimeout)
      }
      try await run.pause(since: began)
    }
    try checkAgreement(attempts.allReady)
  }

  /// Until every shard's k6 has what setup() returned, and every one is still there in the same look: a shard may have
  /// died while the others got ready.
  func waitForStart() async throws {
    let began = run.host.now()
    let setup = attempts.allReady.map(\.script.setup.timeout).max() ?? 0
    let allowed = (sharesSetup ? setup : 0) + run.options.readyTimeout
    var isSaid = false
    while true {
      let look = run.host.now()
      // A fresh look costs a call: it is taken when it is the last one.
      var isWhole = try await self.look(.set, isUrgent: false)
      if isWhole, waiting(.set).isEmpty { isWhole = try await self.look(.set, isUrgent: true) }
      if isWhole, waiting(.set).isEmpty { break }
      try await run.checkStop()
      let waited = run.host.now().seconds(since: began)
      guard waited <= allowed else { throw late(allowed) }
      if sharesSetup, !isSaid, waited > 5 {
        run.display.note("shard 0 runs setup() for all shards, up to \(Int(allowed)) s")
        isSaid = true
      }
      try await run.pause(since: look)
    }
    try checkAgreement(attempts.allReady)
  }

  private func notReady(_ shards: [Int], after seconds: Double) -> RunStopped {
    let list = shards.map(String.init).joined(separator: ", ")
    return RunStopped(
      .broken,
      "\(shards.isEmpty ? "not all shards were" : shards.count == 1 ? "shard \(list) was" : "shards \(list) were") not ready after \(Int(seconds)) s, so the run was not started"
    )
  }

  /// One that was launched again may not even be ready.
  private func late(_ allowed: Double) -> RunStopped {
    let waiting = waiting(.set)
    let unready = waiting.filter { attempts.ready($0) == nil }
    guard unready.isEmpty, !waiting.isEmpty else { return notReady(unready, after: allowed) }
    return RunStopped(
      .broken,
      "\(shardList(waiting)) had no word of setup() after \(Int(allowed)) s, so the run was not started")
  }

  private var sharesSetup: Bool { run.plan.setup == .once }

  private func waiting(_ phase: Phase) -> [Int] {
    (0..<run.plan.shardCount).filter { index in
      guard !attempts.isEmpty(index) else { return false }
      guard let ready = attempts.ready(index) else { return true }
      return phase == .set && sharesSetup && !ready.hasSetup
    }
  }

  /// - Returns: whether it was a whole look, in which nobody was gone.
  private func look(_ phase: Phase, isUrgent: Bool) async throws -> Bool {
    await run.launcher.refresh(isUrgent: isUrgent)
    // Before the store is read: what a shard that has ended wrote is there then.
    var fates: [(index: Int, fate: ShardFate)] = []
    for index in 0..<run.plan.shardCount {
      if case .ended(let fate) = await run.launcher.state(index) { fates.append((index, fate)) }
    }
    guard let names = try await run.names() else { return false }
    guard try await read(phase, names, gone: fates.map(\.index)) else { return false }
    var again: [(index: Int, attempt: Int)] = []
    for (index, fate) in fates where !attempts.isEmpty(index) {
      again.append((index, try await attemptAfter(fate, index, phase)))
    }
    guard !again.isEmpty else { return true }
    // An agent leaves a summary that it finds. What a shard handed in before the start holds no load.
    for shard in again { try await run.steadyStore.delete(keys.summary(shard.index)) }
    try await run.launch(again)
    return false
  }

  /// What has come of those that are waited for.
  /// - Returns: whether all could be read.
  private func read(_ phase: Phase, _ names: Set<ObjectKey>, gone: [Int]) async throws -> Bool {
    let run = run
    let announced = waiting(phase).filter { names.contains(keys.ready($0)) }
    let words = await inParallel(announced) { [keys] index in
      await Result { try await run.store.getDocument(ShardReady.self, at: keys.ready(index)) }
    }
    var isWhole = true
    for (index, word) in words.sorted(by: { $0.key < $1.key }) {
      do {
        guard let ready = try await run.tolerating({ try word.get() }) else {
          isWhole = false
          continue
        }
        if let ready { try take(ready, index) }
      } catch let error as UnreadableDocument {
        throw RunStopped(
          .broken, "shard \(index) cannot be understood, so the run was not started: \(error)")
      }
    }
    let ended = Set(waiting(phase) + gone).filter {
      !attempts.isEmpty($0) && names.contains(keys.summary($0))
    }
    for (index, word) in await inParallel(ended, run.handIn)
    where word?.isCurrent == true && word?.ending?.isEmptyShard == true { attempts.noteEmpty(index) }
    return isWhole
  }

  private func take(_ ready: ShardReady, _ index: Int) throws {
    guard attempts.counts(ready.shard, of: run.plan, index: index) else {
      if let sentence = attempts.report(keys.ready(index), by: ready.shard, of: run.plan, index: index) {
        run.display.note(sentence)
      }
      return
    }
    attempts.note(ready: ready)
    // Where the coordinator could not ask a k6 before the launch, the first shard that is ready says it.
    let capacity = ShardCapacity(plan: ready.script, script: run.plan.script)
    if let refusal = capacity.refusal(run.plan.shardCount) { throw refusal }
  }

  /// - Returns: the attempt to launch.
  /// - Throws: ``RunStopped`` when another one would be no use, or comes too late.
  private func attemptAfter(_ fate: ShardFate, _ index: Int, _ phase: Phase) async throws -> Int {
    let attempt = attempts.current(index)
    // What its setup() has made would be made twice.
    let hasBegunSetup = phase == .set && sharesSetup && index == 0
    guard fate.mayRelaunch, attempt < ShardAttempts.most, !hasBegunSetup else {
      let which = attempt > 1 ? " in attempt \(attempt)" : ""
      let collector = ShardCollector(store: run.store, plan: run.plan)
      let words =
        (try? await collector.lastWords(of: index, attempt: attempt)).flatMap(\.self).map { ": \($0)" } ?? ""
      throw RunStopped(
        .broken,
        "shard \(index) ended before the start\(which), so the run was not started: \(fate.sentence)\(fate.sentence.hasSuffix(words) ? "" : words)"
      )
    }
    let next = attempts.next(index)
    run.display.note("shard \(index) was launched again (attempt \(next)): \(fate.sentence)")
    return next
  }

  /// One script under one environment is one plan; shards that disagree do not make one test.
  private func checkAgreement(_ shards: [ShardReady]) throws {
    guard let first = shards.first else { return }
    for shard in shards {
      let (own, other) = (shard.shard.index, first.shard.index)
      if shard.k6Version != first.k6Version {
        throw RunStopped(
          .broken,
          "shard \(own) has k6 \(shard.k6Version) and shard \(other) k6 \(first.k6Version): one test needs one k6"
        )
      }
      // A plan with a digest is held against it by the agents themselves.
      if shard.scriptDigest != first.scriptDigest {
        throw RunStopped(
          .broken,
          "shard \(own) has another script than shard \(other) (SHA-256 \(shard.scriptDigest.prefix(12)) and \(first.scriptDigest.prefix(12))): one test needs one script"
        )
      }
      if shard.script != first.script {
        throw RunStopped(
          .broken,
          "shard \(own) plans another test than shard \(other): the script's options depend on something that differs between them"
        )
      }
    }
  }
}
