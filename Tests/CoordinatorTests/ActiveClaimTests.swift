import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

@Suite final class ActiveClaimTests: Sendable {
  private let store: DirectoryObjectStore
  private let clock = Scripted.Clock()
  private let said = Mutex<[String]>([])

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func active(_ run: String, nonce: String, url: String? = nil) -> ActiveRun {
    ActiveRun(
      run: RunID(run)!, nonce: nonce, suite: "checkout", counter: 1, deadManSeconds: 60, workflowRunURL: url)
  }

  private static let folder = StoreLocation.folder("/tmp/out")
  private static let bucket = StoreLocation.bucket("bucket", prefix: "checkout/")

  /// - Parameter meanwhile: what others do whenever this one sleeps.
  private func claim(
    _ location: StoreLocation = folder, _ meanwhile: @escaping @Sendable () async throws -> Void = {}
  ) -> ActiveClaim {
    let clock = clock
    return ActiveClaim(
      store: store, location: location,
      host: CoordinatorHost(
        now: { clock.now },
        sleep: {
          clock.advance($0)
          try await meanwhile()
        }, environment: [:], randomText: { "x" }), say: { [self] in add($0) })
  }
  private func add(_ text: String) { said.withLock { $0.append(text) } }

  private func take(_ claim: ActiveClaim, wait: Double = 0) async throws -> ActiveHold {
    try await claim.take(wait: wait) { active("2026-11-24", nonce: "mine") }.1
  }

  /// Another run, which does not count by itself.
  private func other(url: String? = nil) async throws -> ActiveHold {
    let document = active("2026-11-23", nonce: "nonce", url: url)
    guard case .stored(let etag) = try await store.putDocument(document, at: activeKey, if: .absent) else {
      throw SuiteIsBusy(other: document, location: Self.folder)
    }
    return ActiveHold(document, etag: etag, store: store)
  }

  private func holder() async throws -> String? {
    try await store.getDocument(ActiveRun.self, at: activeKey)?.nonce
  }

  @Test func `a suite that nobody has is taken at once, and given back`() async throws {
    let hold = try await take(claim())
    #expect(try await holder() == "mine")
    #expect(try await hold.count() == nil)
    #expect(try await store.getDocument(ActiveRun.self, at: activeKey)?.counter == 2)
    await hold.release()
    #expect(try await store.get(activeKey) == nil)
    #expect(clock.now == Samples.instant(100))
  }

  @Test func `a run that counts is not disturbed, and the refusal names it`() async throws {
    let hold = try await other(url: "https://github.com/o/r/actions/runs/7")
    let refusal = await #expect(throws: SuiteIsBusy.self) {
      try await take(claim { _ = try await hold.count() })
    }
    #expect(
      refusal?.description
        == "run 2026-11-23 of suite checkout (https://github.com/o/r/actions/runs/7) is under way, and two at once would double the load: wait for it with --wait, or end it with coordinator stop /tmp/out/2026-11-23"
    )
    #expect(try await holder() == "nonce")
    #expect(clock.now < Samples.instant(106))
  }

  @Test func `with --wait it is waited for, as long as was said`() async throws {
    let hold = try await other()
    let isOver = Samples.instant(1000)
    _ = try await take(
      claim { [clock] in if clock.now > isOver { await hold.release() } else { _ = try await hold.count() } },
      wait: 3600)
    #expect(try await holder() == "mine" && clock.now > isOver && clock.now < Samples.instant(1010))
    let again = try ActiveClaimTests()
    let busy = try await again.other()
    await #expect(throws: SuiteIsBusy.self) {
      try await again.take(again.claim { _ = try await busy.count() }, wait: 600)
    }
    #expect(again.clock.now >= Samples.instant(700) && again.clock.now < Samples.instant(710))
  }

  /// What is there of the dead run, and the seconds of silence after which the suite is taken over.
  @Test(
    arguments: [
      (folder, [], 15.0), (folder, ["run.json"], 15), (folder, ["run.json", "start.json"], 60),
      (folder, ["run.json", "start.json", "shard-0/summary.json"], 60),
      (folder, ["run.json", "start.json", "shard-0/summary.json", "shard-1/summary.json"], 15),
      (folder, ["run.json", "start.json", "result.json"], 15),
      (folder, ["run.json", "start.json", "result.json", "shard-1/ready.json"], 60), (bucket, [], 60),
      (bucket, ["run.json"], 60),
      (bucket, ["run.json", "result.json"], 15),
      (bucket, ["run.json", "result.json", "shard-12/ready.json", "shard-12/summary.json"], 15),
      (bucket, ["run.json", "result.json", "shard-12/ready.json", "shard-1/summary.json"], 60),
    ] as [(StoreLocation, [String], Double)])
  func `a run whose coordinator is gone is taken over, when nothing of it can make load any more`(
    location: StoreLocation, names: [String], seconds: Double
  ) async throws {
    let old = try await other()
    try await store.putDocument(Samples.plan(shards: 2), at: RunKeys(Samples.run).plan)
    for name in names where name != "run.json" {
      _ = try await store.put([123, 125], at: ObjectKey("2026-11-23/\(name)")!, if: .always)
    }
    let hold = try await take(claim(location))
    let waited = clock.now.seconds(since: Samples.instant(100))
    #expect((seconds...seconds + 2).contains(waited), "\(waited)")
    #expect(
      said.withLock { $0.last?.contains("has given no sign for \(Int(waited)) s and is taken over") } == true)
    // The old one is not dead after all: it sees that, and takes nothing away.
    #expect(try await old.count()?.nonce == "mine")
    await old.release()
    #expect(try await holder() == "mine")
    #expect(try await hold.count() == nil)
  }

  private final class Winner: Sendable { let hold = Mutex<ActiveHold?>(nil) }

  @Test func `of many at once one gets it`() async throws {
    let winner = Winner()
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          let own = self.claim {
            // Nobody takes the winner for dead before it can count.
            while winner.hold.withLock({ $0 == nil }) { await Task.yield() }
            _ = try await winner.hold.withLock(\.self)?.count()
          }
          let taken = try? await own.take(wait: 0) {
            self.active("2026-11-23.\(number + 1)", nonce: "\(number)")
          }
          if let taken { winner.hold.withLock { $0 = taken.1 } }
          return taken != nil
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count(where: \.self) == 1, "\(outcomes)")
  }

  @Test func `a place that was deleted from under its run is taken again, one that was given back is not`()
    async throws
  {
    let hold = try await take(claim())
    try await store.delete(activeKey)
    #expect(try await hold.count() == nil)
    #expect(try await holder() == "mine")
    #expect(try await hold.count() == nil)
    await hold.release()
    #expect(try await hold.count() == nil)
    #expect(try await holder() == nil)
  }

  @Test func `who was silent for too long ends its own run`() async throws {
    let old = try await other()
    _ = try await take(claim())
    var plan = Samples.plan()
    plan.deadManSeconds = 60
    let pulse = CoordinatorPulse(
      plan: plan, store: store,
      host: CoordinatorHost(
        now: { Samples.instant(200) }, sleep: { _ in throw CancellationError() }, environment: [:],
        randomText: { "x" }), hold: old)
    await pulse.beat()
    let signal = try await store.getDocument(StopSignal.self, at: RunKeys(Samples.run).stop)
    #expect(signal?.cause == .broken)
    #expect(
      signal?.reason
        == "run 2026-11-24 of suite checkout has taken over, because this coordinator had given no sign for too long"
    )
    #expect(try await store.getDocument(AliveSignal.self, at: RunKeys(Samples.run).alive)?.counter == 1)
  }

  @Test func `an active.json that cannot be read is said, and left alone`() async throws {
    _ = try await store.put(Array("{}".utf8), at: activeKey, if: .always)
    let error = await #expect(throws: UnreadableDocument.self) { try await take(claim()) }
    #expect(error?.description.hasPrefix("/tmp/out/active.json cannot be read") == true)
    #expect(error?.description.hasSuffix("delete it when no run of the suite is under way") == true)
  }
}
