import Shared
import Synchronization
import Testing

@testable import Coordinator

extension ECSLauncherTests {
  // MARK: How tasks are

  @Test func `tasks are asked for every five seconds at the most, and at once when it is urgent`()
    async throws
  {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    let begun = clock.seconds
    try await clock.look { [clock] in
      await launcher.refresh(isUrgent: false)
      return clock.seconds > begun + 16
    }
    #expect(ecs.book.withLock(\.describes.count) == 4)
    await launcher.refresh(isUrgent: true)
    #expect(ecs.book.withLock(\.describes.count) == 5)
  }

  @Test func `250 tasks take three questions`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs, shards: 250)
    try await launch(launcher, 250)
    #expect(ecs.book.withLock { $0.describes.map(\.tasks.count).sorted() } == [50, 100, 100])
    #expect(ecs.book.withLock { Set($0.describes.flatMap(\.tasks)).count } == 250)
  }

  @Test func `a task that ends has a fate, the others run on`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    ecs.end(1) {
      $0.stopCode = "SpotInterruption"
      $0.stoppedReason = "Your Spot Task was interrupted."
    }
    let fate = try await fate(launcher, 1)
    #expect(fate.mayRelaunch && fate.sentence.contains("reclaimed"))
    #expect(await launcher.state(0) == .running)
  }

  @Test func `a task that ECS does not know is not yet visible for two minutes, then lost`() async throws {
    let ecs = FakeECS(
      clock,
      onDescribe: { request, _ in ECSTasks(failures: request.tasks.map { .init(arn: $0, reason: "MISSING") })
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    let fate = try await fate(launcher, 0)
    #expect((120...126).contains(clock.seconds), "\(clock.seconds)")
    #expect(fate.sentence == "its task 0-0 is no longer known to ECS" && fate.mayRelaunch)
  }

  @Test func `a task that was there and is no longer known is lost within half a minute`() async throws {
    let ecs = FakeECS(
      clock,
      onDescribe: { [clock] request, _ in
        clock.seconds < 8 ? nil : ECSTasks(failures: request.tasks.map { .init(arn: $0, reason: "MISSING") })
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    let fate = try await fate(launcher, 0)
    #expect((28...40).contains(clock.seconds), "\(clock.seconds)")
    #expect(fate.sentence == "its task 0-0 is no longer known to ECS" && fate.mayRelaunch)
  }

  /// One answer that does not name it, or says once that there is none, may come from anywhere.
  @Test func `a task that is left out of an answer, or missing from one, runs on`() async throws {
    let ecs = FakeECS(
      clock,
      onDescribe: { [clock] request, number in
        guard clock.seconds > 130 else { return nil }
        return switch number % 3 {
        case 0: ECSTasks(failures: request.tasks.map { .init(arn: $0, reason: "MISSING") })
        case 1: ECSTasks()
        default: nil
        }
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    try await clock.look {
      await launcher.refresh(isUrgent: false)
      return clock.seconds > 200
    }
    #expect(await launcher.state(0) == .running)
  }

  @Test func `whoever is cancelled does not wait for ECS`() async throws {
    let ecs = FakeECS(
      clock,
      onDescribe: { _, number in
        if number > 1 { try await Task.sleep(for: .seconds(30)) }
        return nil
      },
      onStop: { _, _ in
        try await Task.sleep(for: .seconds(30))
        return true
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    let looking = Task { await launcher.refresh(isUrgent: true) }
    let stopping = Task { await launcher.stop(0, reason: "the run was cancelled") }
    await clock.run { ecs.book.withLock { $0.describes.count == 2 && $0.stops.count == 1 } }
    let began = ContinuousClock.now
    looking.cancel()
    stopping.cancel()
    // Nobody lets the time go on, by which an answer would be given up.
    await looking.value
    await stopping.value
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test func `no answer is no news, and is said when it lasts`() async throws {
    let isDown = Mutex(false)
    let ecs = FakeECS(
      clock,
      onDescribe: { _, _ in
        if isDown.withLock(\.self) { throw HTTPFailure("the connection was cut") }
        return nil
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    isDown.withLock { $0 = true }
    let begun = clock.seconds
    func pass(until seconds: Double) async throws {
      try await clock.look(every: .seconds(1)) { [clock] in
        await launcher.refresh(isUrgent: false)
        return clock.seconds > begun + seconds
      }
    }
    try await pass(until: 60)
    #expect(notes.all.isEmpty)
    try await pass(until: 200)
    #expect(await launcher.state(0) == .running)
    #expect(notes.all.count == 1 && notes.all[0].contains("the connection was cut"))
    isDown.withLock { $0 = false }
    try await pass(until: 210)
    #expect(notes.all.last == "ECS says again how the tasks are")
  }

  @Test func `looking after shards never waits for the network`() async throws {
    let ecs = FakeECS(
      clock,
      onDescribe: { [clock] _, number in
        if number > 1 { try await clock.sleep(.seconds(3600)) }
        return nil
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    try await clock.during { [clock] in try await clock.sleep(.seconds(6)) }
    let before = clock.seconds
    for _ in 0..<10 { await launcher.refresh(isUrgent: false) }
    #expect(clock.seconds == before)
    try await clock.during { await launcher.refresh(isUrgent: true) }
    #expect(clock.seconds - before <= 21)
  }

  // MARK: Relaunch

  @Test(arguments: [true, false]) func `a shard that is launched anew has one task only`(hasEnded: Bool)
    async throws
  {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    if hasEnded {
      ecs.end(1) { $0.stopCode = "TaskFailedToStart" }
      _ = try await fate(launcher, 1)
    }
    try await clock.during { try await launcher.launch([Samples.spec(1, attempt: 2)]) }
    #expect(ecs.runs.count == 3 && ecs.runs[2].overrides.value("GRID_ATTEMPT") == "2")
    #expect(ecs.stopped.count == (hasEnded ? 0 : 1))
    #expect(await launcher.state(1) == .running)
    let running = ecs.book.withLock { $0.tasks.values.filter { $0.desiredStatus == "RUNNING" } }
    #expect(running.filter { $0.overrides?.value("K6_SHARD_INDEX") == "1" }.count == 1)
    // The old one's end is no news of the new one.
    await launcher.refresh(isUrgent: true)
    #expect(await launcher.state(1) == .running)
  }

  @Test func `a shard whose last task cannot be stopped is not launched again`() async throws {
    let ecs = FakeECS(
      clock,
      onStop: { _, _ in
        throw AWSError(call: "ecs:StopTask", code: "ServerException", message: "x", status: 500)
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    try await clock.during { try await launcher.launch([Samples.spec(0, attempt: 2)]) }
    #expect(ecs.runs.count == 1)
    #expect(
      try await fate(launcher, 0).sentence
        == "its last task could not be told to stop, so it was not launched again")
  }

  @Test func `what Spot took back is launched anew on demand`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs, shards: 1) {
      $0.capacityProviders = [.init(name: "FARGATE_SPOT", weight: 1, base: 0)]
    }
    try await launch(launcher, 1)
    ecs.end(0) { $0.stopCode = "SpotInterruption" }
    _ = try await fate(launcher, 0)
    try await clock.during { try await launcher.launch([Samples.spec(0, attempt: 2)]) }
    #expect(ecs.runs.map(\.launchType) == [nil, "FARGATE"])
  }
}
