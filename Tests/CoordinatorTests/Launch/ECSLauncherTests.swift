import Shared
import Synchronization
import Testing

@testable import Coordinator

/// The launcher against calls of the test's own, on a clock that goes on by itself.
@Suite struct ECSLauncherTests {
  final class Notes: Sendable {
    private let sentences = Mutex<[String]>([])
    func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
    var all: [String] { sentences.withLock(\.self) }
  }

  let clock = ManualClock()
  let notes = Notes()
  let stop = StopRequest()

  func launcher(
    _ ecs: FakeECS, shards: Int = 2, timings: ECSTimings = ECSTimings(),
    _ change: (inout ECSSettings) -> Void = { _ in }
  ) throws -> ECSLauncher {
    ECSLauncher(
      try Samples.taskPlan(shards: shards, change), api: ecs.api, host: clock.host(), timings: timings,
      isCancelled: { [stop] in stop.reason != nil }, note: { [notes] in notes.add($0) })
  }

  func launch(_ launcher: ECSLauncher, _ count: Int) async throws {
    try await clock.during { try await launcher.launch((0..<count).map { Samples.spec($0) }) }
  }

  /// The fate of a shard, as soon as it has one.
  func fate(_ launcher: ECSLauncher, _ index: Int) async throws -> ShardFate {
    try await clock.look {
      await launcher.refresh(isUrgent: false)
      return await !launcher.state(index).isRunning
    }
    guard case .ended(let fate) = await launcher.state(index) else {
      Issue.record("shard \(index) has not ended")
      return ShardFate("")
    }
    return fate
  }

  func denied(_ call: String) -> AWSError {
    AWSError(
      call: call, code: "AccessDeniedException", message: "not authorized to perform: \(call)", status: 400)
  }

  @Test func `every shard is one call with its own index, and runs`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs, shards: 3)
    #expect(await launcher.state(0) == .notLaunched)
    try await launch(launcher, 3)
    #expect(Set(ecs.runs.map(ecs.shard)) == [0, 1, 2] && ecs.runs.count == 3)
    #expect(Set(ecs.runs.map(\.startedBy)).count == 1 && Set(ecs.runs.map(\.clientToken)).count == 3)
    for index in 0..<3 { #expect(await launcher.state(index) == .running) }
  }

  @Test func `a hundred shards go without a throttle`() async throws {
    // As Fargate counts: a bucket of 20 calls that is filled with 20 a second.
    let tokens = Mutex((left: 20.0, at: 0.0))
    let throttled = Mutex(0)
    let ecs = FakeECS(
      clock,
      onRun: { [clock] _, _ in
        let isThrottled = tokens.withLock { tokens in
          tokens.left = min(20, tokens.left + (clock.seconds - tokens.at) * 20) - 1
          tokens.at = clock.seconds
          return tokens.left < 0
        }
        if isThrottled { throttled.withLock { $0 += 1 } }
        return nil
      })
    let launcher = try launcher(ecs, shards: 100)
    try await launch(launcher, 100)
    #expect(throttled.withLock(\.self) == 0 && ecs.runs.count == 100)
    #expect(clock.seconds < 7)
    let times = ecs.book.withLock(\.runTimes)
    for time in times { #expect(times.filter { $0 >= time && $0 < time + 1 }.count <= 20) }
    // All of them in one question.
    #expect(ecs.book.withLock { $0.describes.map(\.tasks.count) } == [100])
  }

  @Test func `overrides that are too big are refused before anything is launched`() async throws {
    let ecs = FakeECS(clock)
    let launcher = try launcher(ecs)
    await #expect(throws: UsageError.self) {
      try await launcher.launch([
        Samples.spec(0), Samples.spec(1, ["BIG": String(repeating: "x", count: 9000)]),
      ])
    }
    #expect(ecs.runs.isEmpty)
  }

  @Test func `without permission it says what is missing, and stops what it had launched`() async throws {
    let ecs = FakeECS(
      clock,
      onRun: { request, _ in
        if request.overrides.value("K6_SHARD_INDEX") == "1" {
          throw AWSError(
            call: "ecs:RunTask", code: "AccessDeniedException",
            message: "not authorized to perform: iam:PassRole on resource: x", status: 400)
        }
        return nil
      })
    let launcher = try launcher(ecs, shards: 3)
    let error = await #expect(throws: ECSLaunchRefused.self) { try await launch(launcher, 3) }
    #expect(error?.description.contains("needs iam:PassRole") == true)
    // What was not launched by then never is.
    #expect(Set(ecs.stopped) == Set(ecs.book.withLock { $0.tasks.keys.map(ecsTaskID) }))
    for index in 0..<3 { _ = try await fate(launcher, index) }
  }

  @Test func `who may not watch its tasks does not start`() async throws {
    let ecs = FakeECS(clock, onDescribe: { _, _ in throw self.denied("ecs:DescribeTasks") })
    let launcher = try launcher(ecs)
    let error = await #expect(throws: ECSLaunchRefused.self) { try await launch(launcher, 2) }
    #expect(error?.description.contains("ecs:DescribeTasks") == true)
    #expect(ecs.stopped.count == 2)
  }

  @Test func `where there is no room it is asked again with another token, and said once`() async throws {
    let ecs = FakeECS(
      clock,
      onRun: { _, number in
        number <= 4
          ? ECSTasks(tasks: [], failures: [.init(reason: "Capacity is unavailable at this time")]) : nil
      })
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    for index in 0..<2 { #expect(await launcher.state(index) == .running) }
    await clock.run { ecs.runs.count == 6 }
    let tokens = ecs.runs.filter { ecs.shard($0) == 0 }.map(\.clientToken)
    #expect(tokens.map { $0.split(separator: ".")[3] } == ["1", "2", "3"])
    let times = ecs.book.withLock(\.runTimes)
    #expect(times[2] >= 10 && times[3] < 11 && times[4] >= 30 && times[5] < 31)
    #expect(notes.all.count == 1 && notes.all[0].contains("waits for capacity"))
  }

  @Test func `without room until the deadline its fate names the quotas`() async throws {
    let ecs = FakeECS(
      clock,
      onRun: { _, _ in
        ECSTasks(failures: [
          .init(reason: "You've reached the limit on the number of vCPUs you can run concurrently")
        ])
      })
    let launcher = try launcher(ecs, shards: 1)
    try await launch(launcher, 1)
    let fate = try await fate(launcher, 0)
    #expect(fate.sentence.contains("no capacity for it within 300 s (asked 7 times)"), "\(fate.sentence)")
    #expect(fate.sentence.contains("L-3032A538") && !fate.mayRelaunch)
  }

  @Test func `Spot that has no room twice is left for on-demand`() async throws {
    let ecs = FakeECS(
      clock,
      onRun: { request, _ in
        request.launchType == nil ? ECSTasks(failures: [.init(reason: "Capacity is unavailable")]) : nil
      })
    let launcher = try launcher(ecs, shards: 1) {
      $0.capacityProviders = [.init(name: "FARGATE_SPOT", weight: 1, base: 0)]
    }
    try await launch(launcher, 1)
    await clock.run { ecs.runs.count == 3 }
    #expect(
      ecs.runs.map { $0.capacityProviderStrategy?.first?.capacityProvider } == [
        "FARGATE_SPOT", "FARGATE_SPOT", nil,
      ])
    #expect(ecs.runs.map(\.launchType) == [nil, nil, "FARGATE"])
    #expect(
      notes.all.last?.contains("shard 0 goes to on-demand capacity: Spot has refused it 2 times") == true)
  }

  @Test func `Spot that was told to stay is asked until the deadline`() async throws {
    let ecs = FakeECS(
      clock, onRun: { _, _ in ECSTasks(failures: [.init(reason: "Capacity is unavailable")]) })
    let launcher = try launcher(ecs, shards: 1) {
      $0.capacityProviders = [.init(name: "FARGATE_SPOT", weight: 1, base: 0)]
      $0.spotFallback = .off
    }
    try await launch(launcher, 1)
    _ = try await fate(launcher, 0)
    #expect(ecs.runs.count == 7 && ecs.runs.allSatisfy { $0.launchType == nil })
  }

  @Test(arguments: ["RESOURCE:MEMORY", "AGENT", "something new"])
  func `any other failure is its shard's alone, and final`(reason: String) async throws {
    let ecs = FakeECS(
      clock,
      onRun: { request, _ in
        request.overrides.value("K6_SHARD_INDEX") == "1" ? ECSTasks(failures: [.init(reason: reason)]) : nil
      })
    let launcher = try launcher(ecs)
    try await launch(launcher, 2)
    guard case .ended(let fate) = await launcher.state(1) else {
      Issue.record("it has not ended")
      return
    }
    #expect(fate.sentence.contains(reason) && !fate.mayRelaunch)
    #expect(await launcher.state(0) == .running && ecs.runs.count == 2)
  }

  @Test func `an answer that got lost is asked for with the same token, and no second task is started`()
    async throws
  {
    let ecs = Mutex<FakeECS?>(nil)
    let fake = FakeECS(
      clock,
      onRun: { request, number in
        guard number <= 2 else { return nil }
        if number == 1 { ecs.withLock { _ = $0?.start(request) } }
        throw AWSError(
          call: "ecs:RunTask", code: number == 1 ? nil : "ServerException", message: "cut", status: nil)
      })
    ecs.withLock { $0 = fake }
    let launcher = try launcher(fake, shards: 1)
    try await launch(launcher, 1)
    await clock.run { fake.runs.count == 3 }
    #expect(Set(fake.runs.map(\.clientToken)).count == 1)
    #expect(fake.book.withLock(\.tasks.count) == 1)
    await clock.run { await launcher.shards[0]?.arn != nil }
    #expect(await launcher.state(0) == .running)
  }

  @Test func `without any answer until the deadline the task is looked for and stopped`() async throws {
    let ecs = Mutex<FakeECS?>(nil)
    let fake = FakeECS(
      clock,
      onRun: { request, _ in
        ecs.withLock { _ = $0?.start(request) }
        throw HTTPFailure("the connection was cut")
      })
    ecs.withLock { $0 = fake }
    let launcher = try launcher(fake, shards: 1)
    try await launch(launcher, 1)
    let fate = try await fate(launcher, 0)
    #expect(fake.stopped == ["0-0"] && fate.sentence.contains("its launch was given up"), "\(fate.sentence)")
  }

  @Test(arguments: [true, false]) func `a token that is known with another request`(isThere: Bool)
    async throws
  {
    let ecs = Mutex<FakeECS?>(nil)
    let fake = FakeECS(
      clock,
      onRun: { request, _ in
        if isThere { ecs.withLock { _ = $0?.start(request) } }
        throw AWSError(call: "ecs:RunTask", code: "ConflictException", message: "token in use", status: 400)
      })
    ecs.withLock { $0 = fake }
    let launcher = try launcher(fake, shards: 1)
    try await launch(launcher, 1)
    if isThere {
      #expect(await launcher.shards[0]?.arn?.hasSuffix("0-0") == true)
      #expect(await launcher.state(0) == .running)
    } else {
      let fate = try await fate(launcher, 0)
      #expect(fate.sentence.contains("token in use") && !fate.mayRelaunch)
    }
    #expect(fake.runs.count == 1)
  }
}
