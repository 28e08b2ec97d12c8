import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// The launcher against an ECS that starts real processes, with everything that can go wrong there.
@Suite(.serialized) struct ECSLauncherTests {
  /// Instead of an agent: says how it was called, and waits to be told to stop, or ends as `MODE` says.
  static let agent: URL = {
    let file = FileManager.default.temporaryDirectory.appending(path: "k6-grid-agent-\(getpid()).sh")
    let script = """
      #!/bin/sh
      echo "$@"
      env
      case "$MODE" in
      exit:*) exit "${MODE#exit:}" ;;
      kill) kill -9 $$ ;;
      esac
      sleep 600 &
      trap 'kill $!; exit 105' TERM
      wait
      """
    try? script.write(to: file, atomically: true, encoding: .utf8)
    try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    return file
  }()

  let stop = StopRequest()

  func server(_ faults: [ECSServer.Fault] = [], stopTimeout: Int = 5) async throws -> ECSServer {
    try await ECSServer(agent: Self.agent, faults: faults, stopTimeout: stopTimeout, stateDelay: 20)
  }

  func plan(_ shards: Int, run: String = "2026-11-23") -> RunPlan {
    RunPlan(
      run: RunID(run)!, nonce: "nonce", suite: "checkout", shardCount: shards, script: "load.js",
      scriptDigest: nil,
      createdAt: UTCInstant.live())
  }

  let store = StoreLocation.bucket("bucket", prefix: "checkout/")
  let notesBox = Box()
  final class Box: Sendable {
    let sentences = Mutex<[String]>([])
    var all: [String] { sentences.withLock(\.self) }
  }

  func launcher(
    _ server: ECSServer, _ shards: Int, _ change: (inout ECSSettings) -> Void = { _ in },
    timings own: (inout ECSTimings) -> Void = { _ in }
  ) throws -> ECSLauncher {
    var settings = ECSSettings()
    (settings.cluster, settings.taskDefinition) = ("load", "k6-shard")
    settings.subnets = ["subnet-0a1b2c3d"]
    change(&settings)
    var timings = ECSTimings(
      launch: 30, capacityWait: 0.2, retryWait: 0.2, describe: 0.2, visible: 3, lost: 0.5,
      settle: 1)
    own(&timings)
    var patience = AWSPatience()
    (patience.attempts, patience.attemptSeconds, patience.delayUnit) = (3, 2, 0.1)
    return ECSLauncher(
      ECSTaskPlan(options: try #require(try ECSOptions(settings)), plan: plan(shards), store: store),
      api: ECSAPI(try .live(server.environment, patience: patience)), host: .live(), timings: timings,
      isCancelled: { [stop] in stop.reason != nil },
      note: { [notesBox] sentence in notesBox.sentences.withLock { $0.append(sentence) } })
  }

  func spec(_ index: Int, attempt: Int = 1, mode: String = "wait") -> ShardSpec {
    ShardSpec(
      index: index, attempt: attempt,
      environment: [
        "K6_SHARD_INDEX": "\(index)", "GRID_ATTEMPT": "\(attempt)", "MODE": mode, "TEXT": "a \"b\"\nc é",
      ],
      script: "/app/load.js", k6Options: ["--vus", "5"])
  }

  /// As a run looks after its shards.
  func eventually(
    _ launcher: ECSLauncher, within seconds: Double = 20, _ condition: () async throws -> Bool
  ) async throws -> Bool {
    let giveUp = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < giveUp {
      await launcher.refresh(isUrgent: false)
      if try await condition() { return true }
      try await Task.sleep(for: .milliseconds(30))
    }
    return false
  }

  func fate(_ launcher: ECSLauncher, _ index: Int) async throws -> ShardFate {
    _ = try await eventually(launcher) { await !launcher.state(index).isRunning }
    guard case .ended(let fate) = await launcher.state(index) else {
      Issue.record("shard \(index) has not ended")
      return ShardFate("")
    }
    return fate
  }

  func stopAll(_ launcher: ECSLauncher, _ shards: Int) async {
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<shards { group.addTask { await launcher.stop(index, reason: "the test is over") } }
    }
  }

  /// Nothing of the run is left running.
  func isQuiet(_ server: ECSServer, _ launcher: ECSLauncher) async throws -> Bool {
    try await eventually(launcher) { try server.state().runningProcesses == 0 }
  }

  func output(_ server: ECSServer, _ task: ECSServer.State.Task) -> String {
    (try? String(contentsOf: server.logs.appending(path: "\(task.id).out"), encoding: .utf8)) ?? ""
  }

  @Test func `tasks get their own command and environment, run, and are told to stop`() async throws {
    let server = try await server()
    let launcher = try launcher(server, 3) { $0.secrets = ["TOKEN=checkout#token"] }
    try await launcher.launch((0..<3).map { spec($0) })
    #expect(
      try await eventually(launcher) {
        try server.state().tasks.filter { output(server, $0).contains("MODE=wait") }.count == 3
      })
    let tasks = try server.state().tasks
    #expect(
      Set(tasks.map(\.startedBy)) == [
        ecsStartedBy(suite: "checkout", run: RunID("2026-11-23")!, store: store)
      ])
    for task in tasks {
      let text = output(server, task)
      #expect(text.hasPrefix("run -- --vus 5\n"), "\(text)")
      let shard = try #require(task.shard)
      for expected in [
        "K6_SHARD_INDEX=\(shard)\n", "GRID_SCRIPT=/app/load.js\n", "TEXT=a \"b\"\nc é\n",
        "GRID_SECRETS=TOKEN=checkout#token\n",
      ] { #expect(text.contains(expected), "\(expected)") }
    }
    await stopAll(launcher, 3)
    for index in 0..<3 {
      #expect(
        try await fate(launcher, index).sentence.contains(
          "was told to stop (the test is over), and its agent ended with code 105"))
    }
    #expect(try server.state().stops.count == 3)
    #expect(try await isQuiet(server, launcher))
  }

  @Test func `a hundred shards are launched and stopped without a throttle`() async throws {
    let server = try await server()
    let launcher = try launcher(server, 100)
    try await launcher.launch((0..<100).map { spec($0) })
    let began = ContinuousClock.now
    await stopAll(launcher, 100)
    #expect(ContinuousClock.now - began < .seconds(7))
    let state = try server.state()
    #expect(state.throttles.values.allSatisfy { $0 == 0 }, "\(state.throttles)")
    // A StopTask whose answer is late is sent once more.
    #expect(state.tasks.count == 100 && Set(state.stops.map(\.taskArn)).count == 100)
    #expect(try await isQuiet(server, launcher))
  }

  // MARK: Calls that go wrong

  @Test(
    arguments: [
      ["fault": "throttle", "operation": "RunTask", "calls": [1, 2]],
      // More than the client tries by itself.
      ["fault": "throttle", "operation": "RunTask", "calls": [1, 2, 3, 4, 5]],
      ["fault": "server-error", "operation": "RunTask", "calls": [1, 2, 3, 4]],
      ["fault": "cut", "operation": "RunTask", "calls": [1]],
      ["fault": "cut", "operation": "RunTask", "calls": [1, 2, 3, 4]],
      ["fault": "hang", "operation": "RunTask", "calls": [1], "milliseconds": 4000],
    ] as [[String: any Sendable]])
  func `a launch that was throttled, cut or late brings exactly one task`(fault: ECSServer.Fault) async throws
  {
    let server = try await server([fault])
    let launcher = try launcher(server, 1)
    try await launcher.launch([spec(0)])
    #expect(try await eventually(launcher) { try server.state().runningProcesses == 1 })
    #expect(try await eventually(launcher) { await launcher.shards[0]?.arn != nil })
    #expect(await launcher.state(0) == .running)
    let state = try server.state()
    #expect(state.tasks.count == 1 && (state.faults.first?.happened ?? 0) > 0)
    await stopAll(launcher, 1)
    _ = try await fate(launcher, 0)
    #expect(try await isQuiet(server, launcher))
  }

  @Test(
    arguments: [
      ("pass-role-denied", "needs iam:PassRole"), ("cluster-not-found", "no active cluster 'load'"),
      ("inactive-task-definition", "--task-definition"),
    ])
  func `a launch that cannot be says what to do, and leaves nothing behind`(kind: String, words: String)
    async throws
  {
    let server = try await server([["fault": kind, "shard": 2]])
    let launcher = try launcher(server, 3)
    let error = await #expect(throws: ECSLaunchRefused.self) {
      try await launcher.launch((0..<3).map { spec($0) })
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(try await isQuiet(server, launcher))
    #expect(try server.state().tasks.allSatisfy { $0.desiredStatus == "STOPPED" })
  }

  @Test func `what is wrong with a request is the stand-in's word`() async throws {
    let server = try await server()
    let launcher = try launcher(server, 1) { $0.container = "nobody" }
    let error = await #expect(throws: ECSLaunchRefused.self) { try await launcher.launch([spec(0)]) }
    #expect(error?.description.contains("--container") == true, "\(error?.description ?? "")")
  }

  @Test func `where there was no room there is a task later, of another token`() async throws {
    let server = try await server([["fault": "capacity", "shard": 0, "launch": 1]])
    let launcher = try launcher(server, 2)
    try await launcher.launch([spec(0), spec(1)])
    #expect(try await eventually(launcher) { try server.state().runningProcesses == 2 })
    #expect(notesBox.all.count == 1 && notesBox.all[0].hasPrefix("shard 0 waits for capacity"))
    await stopAll(launcher, 2)
    #expect(try await isQuiet(server, launcher))
  }

  @Test func `Spot without room is left for on-demand`() async throws {
    let server = try await server([1, 2].map { ["fault": "capacity", "shard": 0, "launch": $0] })
    let launcher = try launcher(server, 2) {
      $0.capacityProviders = [.init(name: "FARGATE_SPOT", weight: 1, base: 0)]
    }
    try await launcher.launch([spec(0), spec(1)])
    #expect(try await eventually(launcher) { try server.state().runningProcesses == 2 })
    let providers = try server.state().tasks.map { [$0.shard.map(String.init), $0.capacityProviderName] }
    #expect(providers.contains(["1", "FARGATE_SPOT"]) && !providers.contains(["0", "FARGATE_SPOT"]))
    await stopAll(launcher, 2)
    #expect(try await isQuiet(server, launcher))
  }

  @Test func `a token that is known with another request is final`() async throws {
    let server = try await server([["fault": "conflict", "shard": 0]])
    let launcher = try launcher(server, 1)
    try await launcher.launch([spec(0)])
    let fate = try await fate(launcher, 0)
    #expect(fate.sentence.contains("ConflictException") && !fate.mayRelaunch)
    #expect(try await isQuiet(server, launcher))
  }

  // MARK: Tasks that go wrong

  struct Case: Sendable, CustomTestStringConvertible {
    var fault: ECSServer.Fault?
    var mode = "wait"
    var spot = false
    let words: String
    var mayRelaunch = false
    var testDescription: String { (fault?["fault"] as? String) ?? mode }
  }

  static let cases = [
    Case(fault: ["fault": "cannot-pull"], words: "look whether the image is there", mayRelaunch: true),
    Case(
      fault: ["fault": "resource-initialization"], words: "ResourceInitializationError", mayRelaunch: true),
    Case(fault: ["fault": "out-of-memory", "afterMilliseconds": 50], words: "ran out of memory"),
    Case(
      fault: ["fault": "spot-interruption", "afterMilliseconds": 50], spot: true, words: "Fargate Spot",
      mayRelaunch: true),
    Case(
      fault: ["fault": "termination-notice", "afterMilliseconds": 50],
      words: "ended by AWS (TerminationNotice): Task stopped due to host retirement.", mayRelaunch: true),
    Case(fault: ["fault": "user-stop", "afterMilliseconds": 50], words: "stopped by somebody"),
    Case(
      fault: ["fault": "infrastructure-health", "afterMilliseconds": 50], words: "its host's health",
      mayRelaunch: true),
    Case(
      fault: ["fault": "lost", "afterMilliseconds": 50], words: "no longer known to ECS", mayRelaunch: true),
    Case(mode: "exit:0", words: "ended with code 0"), Case(mode: "exit:69", words: "could not be had"),
    Case(mode: "exit:107", words: "k6's own code"), Case(mode: "kill", words: "code 137"),
  ]

  @Test(arguments: cases) func `how a task ends is said, and whether another may do better`(own: Case)
    async throws
  {
    let server = try await server(own.fault.map { [$0.merging(["shard": 0, "launch": 1]) { $1 }] } ?? [])
    let launcher = try launcher(server, 2) {
      if own.spot { $0.capacityProviders = [.init(name: "FARGATE_SPOT", weight: 1, base: 0)] }
    }
    try await launcher.launch([spec(0, mode: own.mode), spec(1)])
    let fate = try await fate(launcher, 0)
    #expect(fate.sentence.contains(own.words), "\(fate.sentence)")
    #expect(fate.mayRelaunch == own.mayRelaunch, "\(fate.sentence)")
    #expect(await launcher.state(1) == .running)
    if own.mayRelaunch {
      try await launcher.launch([spec(0, attempt: 2)])
      #expect(try await eventually(launcher) { try server.state().runningProcesses == 2 })
      #expect(await launcher.state(0) == .running)
      // Spot has taken one back.
      let last = try server.state().tasks.filter { $0.shard == 0 }.max { $0.launch < $1.launch }
      #expect(!own.spot || last?.capacityProviderName != "FARGATE_SPOT")
    }
    await stopAll(launcher, 2)
    #expect(try await isQuiet(server, launcher))
  }

  @Test func `a task that is not yet visible is not lost`() async throws {
    let server = try await server([["fault": "not-yet-visible", "milliseconds": 1500]])
    let launcher = try launcher(server, 1, timings: { $0.visible = 60 })
    try await launcher.launch([spec(0)])
    #expect(try await eventually(launcher) { try server.state().runningProcesses == 1 })
    let described = try server.state().calls["DescribeTasks"] ?? 0
    #expect(
      try await eventually(launcher) { (try server.state().calls["DescribeTasks"] ?? 0) > described + 10 })
    #expect(await launcher.state(0) == .running)
    await stopAll(launcher, 1)
    #expect(try await fate(launcher, 0).sentence.contains("was told to stop"))
  }

  @Test func `an exit code counts before the task has given everything back`() async throws {
    let server = try await ECSServer(agent: Self.agent, stateDelay: 2000)
    let launcher = try launcher(server, 1)
    try await launcher.launch([spec(0, mode: "exit:0")])
    #expect(try await fate(launcher, 0).sentence.contains("ended with code 0"))
    #expect(try server.state().tasks[0].lastStatus != "STOPPED")
  }

  @Test func `no answer to DescribeTasks is no news`() async throws {
    let server = try await server()
    let launcher = try launcher(server, 1, timings: { $0.silence = 0.5 })
    try await launcher.launch([spec(0)])
    try server.setFaults([["fault": "server-error", "operation": "DescribeTasks", "calls": Array(1...12)]])
    #expect(try await eventually(launcher) { notesBox.all.contains { $0.hasPrefix("ECS has not said for") } })
    #expect(await launcher.state(0) == .running)
    #expect(try await eventually(launcher) { notesBox.all.last == "ECS says again how the tasks are" })
    await stopAll(launcher, 1)
    #expect(try await fate(launcher, 0).sentence.contains("was told to stop"))
  }
}
