import Foundation
import Shared
import TestSupport
import Testing

extension EndToEnd {
  /// Whatever ECS does to a task: what the run comes to, what it says, and that nothing is left. No fault of shard 1's
  /// makes a pass, unless shard 1 was there for the whole load in the end.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run make test"))
  struct CloudFaultTests {
    struct Case: Sendable {
      let fault: ECSServer.Fault
      let verdict: String
      let code: Int32
      /// What the report, or the error, says.
      let words: [String]
      /// Tasks that ECS has started in the end.
      var tasks: Int?
      /// When the fault comes: as soon as shard 1 loads the target.
      var isDuringLoad = false
      var options: [String] = []
      /// Seconds after which the run is given up: a coordinator that waits for what never comes.
      var limit = 90.0
      var name: String { "\(fault["fault"] ?? "") \(fault["operation"] ?? words[0])" }
    }

    static let healed = [
      Case(
        fault: ["fault": "throttle", "operation": "RunTask", "calls": [1, 2, 3]], verdict: "pass", code: 0,
        words: ["PASS"], tasks: 3),
      Case(
        fault: ["fault": "server-error", "operation": "RunTask", "calls": [2]], verdict: "pass", code: 0,
        words: ["PASS"], tasks: 3),
      // The same token finds the task that the first call has started.
      Case(
        fault: ["fault": "cut", "operation": "RunTask", "calls": [2]], verdict: "pass", code: 0,
        words: ["PASS"], tasks: 3),
      Case(
        fault: ["fault": "not-yet-visible", "shard": 1, "milliseconds": 2000], verdict: "pass", code: 0,
        words: ["PASS"], tasks: 3),
      Case(
        fault: ["fault": "aged-out", "shard": 1, "milliseconds": 1], verdict: "pass", code: 0,
        words: ["PASS"], tasks: 3),
      Case(
        fault: ["fault": "throttle", "operation": "DescribeTasks", "calls": [1, 2, 3, 4]], verdict: "pass",
        code: 0, words: ["PASS"], tasks: 3),
      Case(
        fault: ["fault": "cannot-pull", "shard": 1, "launch": 1], verdict: "pass", code: 0,
        words: ["shard 1 was launched again (attempt 2)", "PASS"], tasks: 4),
      Case(
        fault: ["fault": "resource-initialization", "shard": 1, "launch": 1], verdict: "pass", code: 0,
        words: ["shard 1 was launched again (attempt 2)", "PASS"], tasks: 4),
      Case(
        fault: ["fault": "capacity", "shard": 1, "launch": 1], verdict: "pass", code: 0, words: ["PASS"],
        tasks: 3),
    ]

    static let refused = [
      Case(
        fault: ["fault": "pass-role-denied", "shard": 1], verdict: "incomplete", code: 2,
        words: ["the coordinator's role needs iam:PassRole on"]),
      Case(
        fault: ["fault": "cluster-not-found", "shard": 1], verdict: "incomplete", code: 2,
        words: ["ClusterNotFoundException", "there is no active cluster 'load'"]),
      Case(
        fault: ["fault": "inactive-task-definition", "shard": 1], verdict: "incomplete", code: 2,
        words: ["inactive", "see --task-definition (ecs.task_definition), which is k6-shard:1"]),
    ]

    static let broken = [
      Case(
        fault: ["fault": "never-starts", "shard": 1, "state": "PENDING"], verdict: "incomplete", code: 2,
        words: ["shard 1 was not ready after 15 s"], options: ["--ready-timeout", "15"]),
      Case(
        fault: ["fault": "cannot-pull", "shard": 1], verdict: "incomplete", code: 2,
        words: ["shard 1 ended before the start", "CannotPullContainerError"], tasks: 5),
      Case(
        fault: ["fault": "out-of-memory", "shard": 1], verdict: "incomplete", code: 2,
        words: ["shard 1 is missing: its task", "ran out of memory: OutOfMemoryError", "--task-memory"],
        isDuringLoad: true),
      Case(
        fault: ["fault": "spot-interruption", "shard": 1], verdict: "incomplete", code: 2,
        words: [
          "shard 1 is not whole", "was reclaimed by AWS (Fargate Spot): Your Spot Task was interrupted.",
        ], isDuringLoad: true),
      Case(
        fault: ["fault": "user-stop", "shard": 1], verdict: "incomplete", code: 2,
        words: ["shard 1 is not whole", "was stopped by somebody: Task stopped by user"], isDuringLoad: true),
      Case(
        fault: ["fault": "termination-notice", "shard": 1], verdict: "incomplete", code: 2,
        words: [
          "shard 1 is not whole",
          "was ended by AWS (TerminationNotice): Task stopped due to host retirement.",
        ], isDuringLoad: true),
      Case(
        fault: ["fault": "infrastructure-health", "shard": 1], verdict: "incomplete", code: 2,
        words: ["shard 1 is not whole", "was ended by AWS for its host's health"], isDuringLoad: true),
      Case(
        fault: ["fault": "lost", "shard": 1], verdict: "incomplete", code: 2,
        words: ["shard 1 is missing: its task", "is no longer known to ECS"],
        isDuringLoad: true),
    ]

    /// The one that takes longest first.
    static let rows = broken.reversed() + refused + healed

    /// Five runs at a time: mostly they wait.
    @Test func `what a task goes through`() async throws {
      await withTaskGroup(of: Void.self) { group in
        for (number, row) in Self.rows.enumerated() {
          if number >= 5 { await group.next() }
          group.addTask {
            do { try await carryOut(row) } catch { Issue.record("\(row.name): \(error)") }
          }
        }
      }
    }

    private func carryOut(_ row: Case) async throws {
      let grid = try await CloudGrid(inBucket: false, stopTimeout: 5)
      var told = row.fault
      if row.isDuringLoad { told["whenFile"] = "\(grid.folder.path)/out/night/shard-1/progress.json" }
      try grid.ecs.setFaults([told])
      let run = try grid.start(
        [
          "run", "--config", grid.configuration.path, "--run", "night", "--shards", "3", "--env",
          "LENGTH=\(row.isDuringLoad ? 8 : 2)s", "--threshold", "http_reqs=count>1",
        ] + row.options)
      let limit = Task {
        try await Task.sleep(for: .seconds(row.limit))
        run.signal(SIGKILL)
      }
      let ending = await run.ending()
      limit.cancel()
      let said = ending.output + ending.errors
      let state = try grid.ecs.state()
      let comment = Comment(rawValue: "\(row.name):\n\(said)\n\(state)")
      #expect(ending.code == row.code, comment)
      for words in row.words { #expect(said.contains(words), comment) }
      #expect(try await grid.document("result.json")["verdict"]?.string == row.verdict, comment)
      #expect(state.faults.allSatisfy { $0.happened > 0 }, comment)
      if let tasks = row.tasks { #expect(state.tasks.count == tasks, comment) }
      try await grid.expectNothingLeft()
    }
  }
}
