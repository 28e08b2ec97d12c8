import Shared
import Synchronization
import Testing

@testable import Coordinator

@Suite struct ECSLauncherStopTests {
  let clock = ManualClock()
  let notes = ECSLauncherTests.Notes()
  let stop = StopRequest()

  private func launcher(_ ecs: FakeECS, shards: Int = 2) throws -> ECSLauncher {
    ECSLauncher(
      try Samples.taskPlan(shards: shards), api: ecs.api, host: clock.host(), timings: ECSTimings(),
      isCancelled: { [stop] in stop.reason != nil }, note: { [notes] in notes.add($0) })
  }

  private func launch(_ launcher: ECSLauncher, _ count: Int) async throws {
    try await clock.during { try await launcher.launch((0..<count).map { Samples.spec($0) }) }
  }

  private func stopAll(_ launcher: ECSLauncher, _ count: Int) async throws {
    try await clock.during {
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<count {
          group.addTask { await launcher.stop(index, reason: "the run was cancelled") }
        }
      }
    }
  }

  private func ended(_ launcher: ECSLauncher, _ count: Int) async throws {
    try await clock.look {
      await launcher.refresh(isUrgent: false)
      for index in 0..<count where await launcher.state(index).isRunning { return false }
      return true
    }
  }

  private func sentence(_ launcher: ECSLauncher, _ index: Int) async -> String {
    if case .ended(let fate) = await launcher.state(index) { fate.sentence } else { "it has not ended" }
  }

  @Test func `a hundred tasks are told at once, each once, with the reason`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs, shards: 100)
    try await launch(launcher, 100)
    try await clock.during { [clock] in try await clock.sleep(.seconds(5)) }
    let begun = clock.seconds
    try await stopAll(launcher, 100)
    try await stopAll(launcher, 100)
    #expect(Set(ecs.stopped).count == 100 && ecs.stopped.count == 100)
    #expect(clock.seconds == begun)
    #expect(ecs.book.withLock(\.stops)[0].reason == "k6-grid: the run was cancelled")
    try await ended(launcher, 100)
    #expect(
      await sentence(launcher, 7).contains(
        "told to stop (the run was cancelled), and its agent ended with code 105"))
    for index in 0..<100 { await launcher.end(index) }
    #expect(ecs.stopped.count == 100)
  }

  @Test func `a stop that was refused is asked again, and a task that is gone needs none`() async throws {
    let ecs = FakeECS(
      clock,
      onStop: { _, number in
        if number <= 3 {
          throw AWSError(call: "ecs:StopTask", code: "ServerException", message: "x", status: 500)
        }
        return true
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    try await stopAll(launcher, 1)
    #expect(ecs.stopped.count == 2)
    try await ended(launcher, 1)
    #expect(ecs.stopped.count == 4)
    #expect(await sentence(launcher, 0).contains("told to stop"))
  }

  @Test func `a StopTask without an answer holds nobody up for seven seconds`() async throws {
    let ecs = FakeECS(
      clock,
      onStop: { [clock] _, _ in
        try await clock.sleep(.seconds(3600))
        return true
      })
    let launcher = try launcher(ecs, shards: 3)
    try await launch(launcher, 3)
    let begun = clock.seconds
    try await stopAll(launcher, 3)
    #expect(clock.seconds - begun < 7 && ecs.stopped.count == 6)
    try await clock.during {
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<3 { group.addTask { await launcher.end(index) } }
      }
    }
    #expect(clock.seconds - begun < 10)
    #expect(
      await sentence(launcher, 0).contains("stop it by hand: aws ecs stop-task --cluster load --task arn:"))
    #expect(notes.all.count == 3)
  }

  @Test func `what ends without being waited for says so`() async throws {
    let ecs = FakeECS(clock, onStop: { _, _ in false })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    try await stopAll(launcher, 1)
    #expect(await launcher.state(0) == .running)
    try await clock.during { await launcher.end(0) }
    #expect(await sentence(launcher, 0).contains("ECS kills it after its stopTimeout"))
    #expect(ecs.stopped.count == 1)
  }

  @Test func `who may not stop tasks is told so once`() async throws {
    let ecs = FakeECS(
      clock,
      onStop: { _, _ in
        throw AWSError(call: "ecs:StopTask", code: "AccessDeniedException", message: "no", status: 400)
      })
    let launcher = try launcher(ecs, shards: 3)
    try await launch(launcher, 3)
    try await stopAll(launcher, 3)
    #expect(notes.all.count == 1 && notes.all[0].hasPrefix("tasks cannot be told to stop: ecs:StopTask"))
  }

  @Test func `a cancellation during the launch keeps the rest from being launched`() async throws {
    let ecs = FakeECS(
      clock,
      onRun: { [stop] _, number in
        if number == 30 { stop.request("SIGINT") }
        return nil
      })
    let launcher = try launcher(ecs, shards: 100)
    let begun = clock.seconds
    try await launch(launcher, 100)
    #expect(clock.seconds - begun < 2.5)
    try await stopAll(launcher, 100)
    try await ended(launcher, 100)
    #expect((30...35).contains(ecs.runs.count), "\(ecs.runs.count)")
    #expect(Set(ecs.stopped) == Set(ecs.book.withLock { $0.tasks.keys.map(ecsTaskID) }))
    #expect(await sentence(launcher, 99) == "it was not launched (the run was cancelled)")
  }

  @Test func `a task whose answer comes after the cancellation is stopped at once`() async throws {
    let ecs = FakeECS(
      clock,
      onRun: { [clock] _, _ in
        try await clock.sleep(.seconds(1))
        return nil
      })
    let launcher = try launcher(ecs, shards: 1)
    let launch = Task { try await launcher.launch([Samples.spec(0)]) }
    await clock.run { ecs.runs.count == 1 }
    stop.request("SIGINT")
    try await clock.during { try await launch.value }
    #expect(ecs.stopped.isEmpty)
    try await stopAll(launcher, 1)
    #expect(ecs.stopped == ["0-0"])
    try await ended(launcher, 1)
    #expect(await sentence(launcher, 0).contains("told to stop"))
  }

  /// The answer never comes, or says nothing; the task is there all the same.
  @Test(arguments: [true, false]) func `a task whose answer never comes is found by who started it`(
    hangs: Bool
  )
    async throws
  {
    let ecs = Mutex<FakeECS?>(nil)
    let fake = FakeECS(
      clock,
      onRun: { [clock] request, _ in
        ecs.withLock { _ = $0?.start(request) }
        try await clock.sleep(.seconds(hangs ? 3600 : 1))
        throw HTTPFailure("the connection was cut")
      })
    ecs.withLock { $0 = fake }
    let launcher = try launcher(fake, shards: 2)
    let launch = Task { try await launcher.launch([Samples.spec(0), Samples.spec(1)]) }
    await clock.run { fake.runs.count == 2 }
    stop.request("SIGINT")
    try await clock.during { try await launch.value }
    let begun = clock.seconds
    try await stopAll(launcher, 2)
    #expect(clock.seconds - begun < 7)
    try await ended(launcher, 2)
    #expect(Set(fake.stopped) == ["0-0", "1-1"] && fake.stopped.count == 2)
    #expect(fake.runs.count == 2)
    #expect(fake.book.withLock { Set($0.lists.map(\.startedBy)) } == [try Samples.taskPlan().startedBy])
  }

  @Test func `only the tasks of shards that are to stop are stopped`() async throws {
    let ecs = Mutex<FakeECS?>(nil)
    let fake = FakeECS(
      clock,
      onRun: { [clock] request, _ in
        ecs.withLock { _ = $0?.start(request) }
        if request.overrides.value("K6_SHARD_INDEX") == "1" { return nil }
        try await clock.sleep(.seconds(3600))
        return nil
      })
    ecs.withLock { $0 = fake }
    let launcher = try launcher(fake, shards: 3)
    let launch = Task { try await launcher.launch((0..<3).map { Samples.spec($0) }) }
    await clock.run { fake.runs.count == 3 }
    try await clock.during { await launcher.stop(0, reason: "x") }
    #expect(fake.stopped.count == 1 && fake.stopped[0].hasPrefix("0-"))
    #expect(await launcher.state(1) == .running)
    stop.request("SIGINT")
    try await clock.during { try await launch.value }
  }

  @Test func `an end while a launch is under way finds the task`() async throws {
    let ecs = Mutex<FakeECS?>(nil)
    let fake = FakeECS(
      clock,
      onRun: { [clock] request, _ in
        ecs.withLock { _ = $0?.start(request) }
        try await clock.sleep(.seconds(3600))
        return nil
      })
    ecs.withLock { $0 = fake }
    let launcher = try launcher(fake, shards: 1)
    let launch = Task { try await launcher.launch([Samples.spec(0)]) }
    await clock.run { fake.runs.count == 1 }
    stop.request("SIGINT")
    try await clock.during { await launcher.end(0) }
    #expect(fake.stopped == ["0-0"])
    #expect(await !launcher.state(0).isRunning)
    try await clock.during { try await launch.value }
  }

  // MARK: settle

  @Test func `tasks that leave by themselves are let go`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    let begun = clock.seconds
    let settling = Task { await launcher.settle() }
    await clock.run { [clock] in clock.seconds > begun + 5 }
    for index in 0..<2 { ecs.end(index) { $0.stopCode = "EssentialContainerExited" } }
    #expect(try await clock.during { await settling.value })
    #expect(ecs.stopped.isEmpty && clock.seconds - begun < 10)
  }

  @Test func `what is left of a run after half a minute is stopped, known or not`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    ecs.end(0) { $0.stopCode = "EssentialContainerExited" }
    ecs.start(try Samples.taskPlan().request(Samples.spec(1, attempt: 7), number: 1, on: .onDemand))
    let begun = clock.seconds
    #expect(try await clock.during { await launcher.settle() })
    #expect(Set(ecs.stopped) == ["1-1", "1-2"])
    #expect((30...33).contains(clock.seconds - begun))
  }

  @Test func `without a list those that are known are stopped`() async throws {
    let ecs = FakeECS(
      clock,
      onList: { _, _ in
        throw AWSError(call: "ecs:ListTasks", code: "AccessDeniedException", message: "no", status: 400)
      })
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    #expect(try await clock.during { await launcher.settle() })
    #expect(Set(ecs.stopped) == ["0-0", "1-1"])
    #expect(notes.all.count == 1 && notes.all[0].contains("ecs:ListTasks"))
  }

  @Test(arguments: [true, false]) func `a task that could not be told to stop is not settled`(isListed: Bool)
    async throws
  {
    let ecs = FakeECS(
      clock,
      onStop: { _, _ in
        throw AWSError(call: "ecs:StopTask", code: "AccessDeniedException", message: "no", status: 400)
      },
      onList: { _, _ in
        if isListed { return nil }
        throw AWSError(call: "ecs:ListTasks", code: "ServerException", message: "x", status: 500)
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    // It counts as over from here on, and is there all the same.
    try await clock.during { await launcher.end(0) }
    let isSettled = try await clock.during { await launcher.settle() }
    #expect(!isSettled)
  }
}
