import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator
@testable import PagerDutyStandIn

/// Everybody who is told can be down: the others are told all the same, and `coordinator alert` makes up for it.
@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
struct AlertOutageTests {
  private func world() async throws -> (AlertWorld, RunID) {
    let world = try await AlertWorld()
    try await world.month.begin(before: 3)
    let run = try await world.month.run(.init(name: "fails", ago: 3, step: 0.5)).plan.run
    // The commit came from a pull request, so that there is somebody to comment to.
    let sha = AlertMonth.commit(3)
    await world.gitHub.open(pull: "Checkout asks the tax service", by: "ada", head: sha, commits: [sha])
    return (world, run)
  }

  @Test(arguments: AlertOutage.allCases)
  func `who is down is named, the others are told, and it is made up for once`(outage: AlertOutage)
    async throws
  {
    let (world, run) = try await world()
    try await world.bring(outage)
    let first = try await world.alert(run)
    #expect(first.code == 2)
    let problems = first.errors.split(separator: "\n")
    for sentence in outage.sentences {
      #expect(
        problems.contains {
          $0.contains("\(sentence.name) was not delivered: ") && $0.contains(sentence.part)
        },
        "\(sentence): \(first.errors)")
    }
    let failed = Set(outage.sentences.map(\.name))
    let names = ["issue", "status", "comment", "sns/service", "pagerduty/service"]
    for name in names where !failed.contains(name) {
      #expect(first.output.contains("\(name): "), "\(name) is told all the same: \(first.output)")
    }
    let record = try #require(
      try await world.month.store.getDocument(AlertRecord.self, at: RunKeys(run).alerts))
    for name in names {
      #expect((record.deliveries[name]?.problem != nil) == failed.contains(name), "\(name)")
    }
    try await world.mend()
    let second = try await world.alert(run)
    #expect(second.code == 0, "\(second.errors)")
    for name in names {
      #expect(second.output.contains("\(name): ") == failed.contains(name), "\(name): \(second.output)")
    }
    let all = AlertWorld.Heard(issues: 1, statuses: 1, comments: 1, mails: 1, events: 1)
    try await world.expectHeard(all, "\(second.output)\(second.errors)")
    // A third time says nothing.
    let third = try await world.alert(run)
    #expect(third.output.contains("was told before"), "\(third.output)\(third.errors)")
    try await world.expectHeard(all, "\(third.output)\(third.errors)")
  }

  @Test func `an alarm that never came is made up for by the next night`() async throws {
    let (world, _) = try await world()
    try await world.bring(.pagerDuty)
    #expect(try await world.alert().code == 2)
    try await world.mend()
    try await world.month.refresh()
    try await world.month.run(.init(name: "fails again", ago: 2, step: 0.5))
    let next = try await world.alert()
    #expect(next.output.contains("pagerduty/service: incident k6-grid/checkout-api was triggered"))
    #expect(next.output.contains("sns: nothing has changed"), "\(next.output)")
  }

  @Test func `a dry run shows everything, and sends and keeps nothing`() async throws {
    let (world, run) = try await world()
    let before = try await world.heard()
    let ending = try await world.alert(run, ["--dry-run"])
    #expect(ending.code == 0, "\(ending.errors)")
    for part in [
      "Nightly load test failing: p95", "\"state\"", "sns:Publish", "ALARM: checkout-api nightly",
      "/v2/enqueue", "dedup_key", "(dry run: not sent)",
    ] {
      #expect(ending.output.contains(part), "\(part)")
    }
    try await world.expectHeard(before)
    let writes = await world.gitHub.requests().filter { $0["method"]?.string != "GET" }
    #expect(writes.isEmpty)
    #expect(try await world.month.store.get(RunKeys(run).alerts) == nil)
    let records = try await History(store: world.month.store, wait: { _ in }).records()
    #expect(records.allSatisfy { $0.issue == nil })
  }
}
