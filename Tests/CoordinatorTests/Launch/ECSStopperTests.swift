import Shared
import Synchronization
import Testing

@testable import Coordinator

@Suite struct ECSStopperTests {
  let clock = ManualClock()
  let said = ECSLauncherTests.Notes()

  private func stop(_ ecs: FakeECS, wait: Double = 60, startedBy: String? = nil) async throws -> Int32 {
    let stopper = ECSStopper(
      api: ecs.api, cluster: "load", host: clock.host(), say: { [said] in said.add($0) })
    let own = try Samples.taskPlan().startedBy
    return try await clock.during {
      try await stopper.stop(startedBy: startedBy ?? own, reason: "by hand", wait: wait)
    }
  }

  private func start(_ ecs: FakeECS, _ count: Int) throws {
    for index in 0..<count {
      ecs.start(try Samples.taskPlan().request(Samples.spec(index), number: 1, on: .onDemand))
    }
  }

  @Test func `nothing to stop is no failure`() async throws {
    #expect(try await stop(FakeECS(clock)) == 0)
    #expect(said.all[0].hasPrefix("no task of k6-grid/suite/2026-11-23/"))
  }

  @Test func `all tasks of the run are stopped, and no other's`() async throws {
    let ecs = FakeECS(clock)
    try start(ecs, 3)
    #expect(try await stop(ecs, startedBy: "k6-grid/other") == 0)
    #expect(ecs.stopped.isEmpty)
    #expect(try await stop(ecs) == 0)
    #expect(Set(ecs.stopped) == ["0-0", "1-1", "2-2"])
    #expect(ecs.book.withLock(\.stops)[0].reason == "k6-grid: by hand")
    #expect(said.all.suffix(2).map { $0.split(separator: " of ")[0] } == ["3 tasks", "all"])
  }

  @Test func `pages are read to their end`() async throws {
    let all = Mutex<[String]>([])
    let ecs = FakeECS(
      clock,
      onList: { request, number in
        guard number <= 3 else { return ECSTaskList() }
        let page = Int(request.nextToken ?? "0") ?? 0
        let arns = all.withLock { Array($0.dropFirst(page * 100).prefix(100)) }
        return ECSTaskList(taskArns: arns, nextToken: page < 2 ? "\(page + 1)" : nil)
      })
    try start(ecs, 250)
    all.withLock { $0 = ecs.book.withLock { $0.tasks.keys.sorted() } }
    #expect(try await stop(ecs) == 0)
    #expect(Set(ecs.stopped).count == 250)
    // 100 at once, the others at 40 a second.
    #expect(clock.seconds >= 3.75)
  }

  @Test func `a task that is listed a moment later is stopped too`() async throws {
    let ecs = FakeECS(
      clock, onList: { _, number in number == 1 ? ECSTaskList(taskArns: ["arn:x/late"]) : nil })
    try start(ecs, 1)
    #expect(try await stop(ecs) == 0)
    #expect(ecs.stopped == ["late", "0-0"])
  }

  @Test func `one empty list, or an answer of 503, is not the end`() async throws {
    let ecs = FakeECS(
      clock,
      onList: { _, number in
        if number == 2 {
          throw AWSError(call: "ecs:ListTasks", code: "ServerException", message: "x", status: 503)
        }
        return number == 1 ? ECSTaskList() : nil
      })
    try start(ecs, 1)
    #expect(try await stop(ecs) == 0)
    #expect(ecs.stopped == ["0-0"])
    #expect(said.all[0].hasPrefix("ECS does not answer, which is tried again for up to 60 s: ecs:ListTasks"))
  }

  @Test func `what could not be told is named`() async throws {
    let ecs = FakeECS(
      clock,
      onStop: { request, _ in
        if request.task.hasSuffix("0-0") {
          throw AWSError(call: "ecs:StopTask", code: "ServerException", message: "x", status: 500)
        }
        return true
      })
    try start(ecs, 2)
    #expect(try await stop(ecs, wait: 0) == 2)
    #expect(said.all.last?.hasPrefix("1 task could not be told to stop, as 0-0: ecs:StopTask") == true)
  }

  @Test func `tasks that do not go in time are counted`() async throws {
    let ecs = FakeECS(
      clock, onStop: { _, _ in false }, onList: { _, number in number > 1 ? ECSTaskList() : nil })
    try start(ecs, 2)
    #expect(try await stop(ecs, wait: 30) == 2)
    #expect((30...33).contains(clock.seconds))
    #expect(said.all.last?.hasPrefix("2 tasks still there after 30 s") == true)
  }

  @Test func `a task that is unknown is gone`() async throws {
    let ecs = FakeECS(
      clock,
      onStop: { _, _ in
        throw AWSError(
          call: "ecs:StopTask", code: "InvalidParameterException",
          message: "The referenced task was not found.",
          status: 400)
      }, onList: { _, number in ECSTaskList(taskArns: number == 1 ? ["arn:x/gone"] : []) })
    #expect(try await stop(ecs) == 0)
  }

  @Test func `who may not list is told so`() async throws {
    let ecs = FakeECS(
      clock,
      onList: { _, _ in
        throw AWSError(call: "ecs:ListTasks", code: "AccessDeniedException", message: "no", status: 400)
      })
    await #expect(throws: AWSError.self) { try await stop(ecs) }
  }
}
