import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// The order of what is done, what is not done twice, and what a failure keeps from nothing.
@Suite final class AlertsTests: Sendable {
  private let store: DirectoryObjectStore
  private let sent = Mutex<[String]>([])
  private let broken = Mutex<Set<String>>([])

  init() throws { store = DirectoryObjectStore(folder: try temporaryFolder().path) }

  private func facts() async throws -> AlertFacts {
    for object in try MadeUpStore.objects.get() {
      _ = try await store.put(object.bytes, at: object.key, if: .always)
    }
    let run = try #require(try MadeUpStore.results.get().last).plan.run
    return try await AlertReader(
      store: store, location: .folder("/runs"), settings: AlertSettings(), page: nil
    ).read(run).facts
  }

  private func deliver(_ facts: AlertFacts, _ names: [String] = ["issue", "status", "sns/service"]) async
    -> Alerts.Outcome
  {
    let deliveries = names.map { name in
      AlertDelivery(name: name) { [self] facts in
        if broken.withLock({ $0.contains(name) }) { throw UsageError("\(name) is down") }
        sent.withLock { $0.append("\(name) \(facts.issue?.number ?? 0)") }
        return AlertDelivery.Sent(
          "\(name) was told", issue: name == "issue" ? IssueLink(number: 412, url: "https://x/412") : nil)
      }
    }
    return await Alerts(store: store, host: ManualClock().host(), deliveries: deliveries).deliver(facts)
  }

  private var told: [String] { sent.withLock { $0 } }

  @Test func `one after the other, and those behind the issue know its number`() async throws {
    let outcome = await deliver(try await facts())
    #expect(told == ["issue 0", "status 412", "sns/service 412"])
    #expect(outcome.problems.isEmpty)
    #expect(
      outcome.done == [
        "issue: issue was told", "status: status was told", "sns/service: sns/service was told",
      ])
    #expect(outcome.record.issue?.number == 412)
  }

  @Test func `what was done is not done again, and what failed is`() async throws {
    let facts = try await facts()
    broken.withLock { $0 = ["status"] }
    let first = await deliver(facts)
    #expect(first.problems == ["status was not delivered: status is down"])
    #expect(told == ["issue 0", "sns/service 412"])
    broken.withLock { $0 = [] }
    let second = await deliver(facts)
    #expect(second.problems.isEmpty)
    #expect(told == ["issue 0", "sns/service 412", "status 412"])
    #expect(await deliver(facts).done.isEmpty)
  }

  @Test func `everything down: every one is named`() async throws {
    broken.withLock { $0 = ["issue", "status", "sns/service"] }
    let outcome = await deliver(try await facts())
    #expect(outcome.problems.count == 3)
    #expect(outcome.done.isEmpty)
    #expect(told.isEmpty)
  }

  @Test func `a record that cannot be read or written costs nobody their alert`() async throws {
    let facts = try await facts()
    let key = RunKeys(facts.plan.run).alerts
    _ = try await store.put(Array("{".utf8), at: key, if: .always)
    let outcome = await deliver(facts)
    #expect(outcome.problems.count == 1)
    #expect(outcome.problems.first?.hasPrefix("what was told before is not known: ") == true)
    #expect(told.count == 3)
  }

  @Test func `another run's record says nothing of this one`() async throws {
    let facts = try await facts()
    _ = await deliver(facts)
    var record = try #require(
      try await store.getDocument(AlertRecord.self, at: RunKeys(facts.plan.run).alerts))
    let other = RunPlan(
      run: facts.plan.run, nonce: "other", suite: "suite", shardCount: 1, script: "x", scriptDigest: nil,
      createdAt: facts.plan.createdAt)
    var foreign = AlertRecord(other)
    swap(&foreign.deliveries, &record.deliveries)
    try await store.putDocument(foreign, at: RunKeys(facts.plan.run).alerts)
    _ = await deliver(facts)
    #expect(told.count == 6)
  }
}
