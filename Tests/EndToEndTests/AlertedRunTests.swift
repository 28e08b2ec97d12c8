import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

extension EndToEnd {
  /// Runs with real k6 that tell people by themselves, as in a job of GitHub's.
  @Suite(
    .serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
  struct AlertedRunTests {
    private let folder: URL
    private var summary: URL { folder.appending(path: "summary.md") }

    init() throws { folder = try temporaryFolder() }

    private func run(
      _ world: AlertWorld, limit: Int, isJob: Bool = true, _ more: [String] = [], event: URL? = nil
    ) async throws -> Program.Ending {
      let staging = try await StagingServer()
      var job = [
        "GITHUB_ACTIONS": "true", "GITHUB_SHA": AlertMonth.commit(1), "GITHUB_REF_NAME": "main",
        "GITHUB_RUN_ID": "77", "GITHUB_STEP_SUMMARY": summary.path,
      ]
      job["GITHUB_EVENT_PATH"] = event?.path
      if event != nil { job["GITHUB_REF_NAME"] = "7/merge" }
      return try await world.coordinator(
        [
          "run", "--local", "--shards", "1", "--script",
          repositoryRoot().appending(path: "docker/rehearsal/load.js").path, "--env",
          "BASE_URL=\(staging.address)", "--env", "REHEARSAL_DURATION=2s", "--threshold",
          "http_req_duration=p(95)<\(limit)", "--threshold", "http_req_failed=rate<0.9", "--threshold",
          "http_reqs=rate>=1",
        ] + more,
        ["K6_BIN": K6.newest.path, "TMPDIR": folder.path].merging(isJob ? job : [:]) { $1 })
    }

    private func record(_ world: AlertWorld) async throws -> HistoryRecord {
      try #require(try await History(store: world.month.store, wait: { _ in }).records().last)
    }

    /// How many points of the alarm's metric CloudWatch has.
    private func points(_ world: AlertWorld) async throws -> Double {
      let now = CoordinatorHost.live().now()
      let answer = try await world.moto.call(
        "cloudwatch", "get_metric_statistics",
        [
          "Namespace": "k6-grid", "MetricName": "GateRun", "Period": 86_400, "Statistics": ["SampleCount"],
          "Dimensions": [["Name": "Suite", "Value": "checkout-api"]],
          "StartTime": "\(now.advanced(bySeconds: -3600))", "EndTime": "\(now.advanced(bySeconds: 3600))",
        ])
      return (answer["Datapoints"]?.array ?? []).reduce(0) { $0 + ($1["SampleCount"]?.number ?? 0) }
    }

    private var page: String { (try? String(contentsOf: summary, encoding: .utf8)) ?? "" }

    @Test func `a run that fails tells everybody, and its summary says so`() async throws {
      let world = try await AlertWorld(configuration: "  metrics: true")
      let ending = try await run(world, limit: 1)
      #expect(ending.code == 1, "\(ending.output)\(ending.errors)")
      #expect(page.contains("**Told** ([issue #1](https://github.com/acme/checkout/issues/1))"), "\(page)")
      #expect(!page.contains("Not everything worked"), "\(page)")
      #expect(try await record(world).issue == 1)
      try await world.expectHeard(.init(issues: 1, statuses: 1, comments: 0, mails: 1, events: 1))
      #expect(await world.gitHub.statuses().first?["sha"]?.string == AlertMonth.commit(1))
      #expect(try await points(world) == 1)
    }

    @Test func `CloudWatch alone is down: the others are told, and it is made up for`() async throws {
      let world = try await AlertWorld(configuration: "  metrics: true")
      world.replace("AWS_ENDPOINT_URL_CLOUDWATCH", with: "http://127.0.0.1:1")
      let ending = try await run(world, limit: 1)
      #expect(ending.code == 1 && ending.errors.contains("metrics was not delivered"), "\(ending.errors)")
      let all = AlertWorld.Heard(issues: 1, statuses: 1, comments: 0, mails: 1, events: 1)
      try await world.expectHeard(all)
      world.restore()
      #expect(try await world.alert().code == 0)
      try await world.expectHeard(all)
      #expect(try await points(world) == 1)
    }

    @Test func `a pull request's run is told to its commit and its pull request alone`() async throws {
      let world = try await AlertWorld()
      let head = AlertMonth.commit(2)
      let number = await world.gitHub.open(
        pull: "Ask the tax service", by: "ada", head: head, commits: [head])
      let event = folder.appending(path: "event.json")
      try Data(
        #"{"repository":{"default_branch":"main"},"pull_request":{"number":\#(number),"head":{"sha":"\#(head)"}}}"#
          .utf8
      ).write(to: event)
      for limit in [1, 60_000] {
        let ending = try await run(world, limit: limit, event: event)
        #expect(ending.code == (limit == 1 ? 1 : 0), "\(ending.output)\(ending.errors)")
      }
      // The pull request is an issue of GitHub's, with one comment that is written anew.
      try await world.expectHeard(.init(issues: 0, statuses: 2, comments: 1, mails: 0, events: 0))
      let statuses = await world.gitHub.statuses()
      #expect(statuses.allSatisfy { $0["sha"]?.string == head }, "\(statuses)")
      #expect(Set(statuses.compactMap { $0["state"]?.string }) == ["failure", "success"])
    }

    @Test(arguments: [(1, 1 as Int32), (60_000, 0)])
    func `with everybody down the verdict stands, and the next step makes up for it`(limit: Int, code: Int32)
      async throws
    {
      let world = try await AlertWorld(configuration: "  metrics: true")
      try await world.bring(.everything)
      let ending = try await run(world, limit: limit)
      #expect(ending.code == code, "\(ending.output)\(ending.errors)")
      #expect(try await record(world).verdict == (code == 0 ? .pass : .fail))
      #expect(page.contains("**Not everything worked**"))
      #expect(page.contains("issue was not delivered"), "\(page)")
      #expect(ending.errors.contains("status was not delivered"))
      #expect(ending.errors.contains("metrics was not delivered"), "\(ending.errors)")
      #expect(try await points(world) == 0)
      try await world.mend()
      let job = ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary.path]
      let run = try await record(world).run
      let stop = try await world.coordinator(["stop", "--run", run.text], job)
      #expect(stop.code == 0, "\(stop.output)\(stop.errors)")
      let told = code == 0 ? 0 : 1
      let all = AlertWorld.Heard(issues: told, statuses: 1, comments: 0, mails: told, events: told)
      try await world.expectHeard(all)
      _ = try await world.coordinator(["stop", "--run", run.text], job)
      try await world.expectHeard(all)
      #expect(try await points(world) == 1)
    }

    @Test(arguments: [(false, []), (true, ["--no-alert"])])
    func `on somebody's own machine, or when it is not wanted, nobody is told`(isJob: Bool, more: [String])
      async throws
    {
      let world = try await AlertWorld()
      let ending = try await run(world, limit: 1, isJob: isJob, more)
      #expect(ending.code == 1, "\(ending.output)\(ending.errors)")
      try await world.expectHeard(.init())
      #expect(await world.gitHub.requests().isEmpty)
    }
  }
}
