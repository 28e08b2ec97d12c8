import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator
@testable import PagerDutyStandIn

/// Answers that are lost, and two who tell of one run at the same time.
@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
struct AlertRaceTests {
  private func world() async throws -> AlertWorld {
    let world = try await AlertWorld()
    try await world.month.begin(before: 3)
    try await world.month.run(.init(name: "fails", ago: 3, step: 0.5))
    let sha = AlertMonth.commit(3)
    await world.gitHub.open(pull: "Checkout asks the tax service", by: "ada", head: sha, commits: [sha])
    return world
  }

  private func issues(_ world: AlertWorld) async -> [JSON] {
    await world.gitHub.issues().filter { $0["pull_request"] == nil }
  }

  /// Every fault of these is carried out all the same.
  @Test(arguments: ["cut", "bad-gateway-after", "cut-json"])
  func `whose answer was lost is not told twice`(fault: String) async throws {
    let world = try await world()
    let lost: (String) -> GitHubServer.Fault = { path in
      ["fault": .string(fault), "method": "POST", "path": .string(path), "calls": [1]]
    }
    try await world.gitHub.addFaults([lost("*/issues"), lost("*/comments")])
    _ = try await world.alert()
    let faults = try #require(await world.gitHub.state()["faults"]?.array)
    #expect(faults.count == 2 && faults.allSatisfy { $0["happened"]?.integer == 1 }, "\(faults)")
    let again = try await world.alert()
    #expect(again.code == 0, "\(again.errors)")
    try await world.expectHeard(.init(issues: 1, statuses: 1, comments: 1, mails: 1, events: 1))
  }

  @Test func `two who tell of one run at the same moment leave one issue open`() async throws {
    let world = try await world()
    // Both have looked before either opens one.
    try await world.gitHub.addFaults([
      ["fault": "together", "count": 2, "method": "GET", "path": "*/issues", "calls": [1, 2]]
    ])
    let both = try (0..<2).map { _ in try world.start(["alert", "--only", "issue"]) }
    let endings = [await both[0].ending(), await both[1].ending()]
    #expect(endings.map(\.code) == [0, 0], "\(endings.map(\.errors))")
    let opened = await issues(world)
    #expect(opened.count == 2, "the race took place")
    let open = opened.filter { $0["state"]?.string == "open" }
    #expect(open.count == 1, "\(opened.map { $0["state"] })")
    #expect(
      open.first?["number"] == opened.compactMap { $0["number"]?.integer }.min().map { .number(Double($0)) })
    // And the next night it is still that one.
    try await world.month.refresh()
    try await world.month.run(.init(name: "fails again", ago: 2, step: 0.5))
    #expect(try await world.alert(nil, ["--only", "issue"]).code == 0)
    #expect(await issues(world).count == 2)
  }
}
