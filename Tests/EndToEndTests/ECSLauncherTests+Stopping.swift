import Foundation
import Shared
import Synchronization
import Testing

@testable import Coordinator

/// Cancellations, ends, what is left over, and `coordinator stop`.
extension ECSLauncherTests {
  @Test(
    arguments: [
      ["fault": "server-error", "operation": "StopTask", "calls": [1, 2, 3, 4, 5, 6, 7]],
      ["fault": "cut", "operation": "StopTask", "calls": [1, 2]],
      ["fault": "hang", "operation": "StopTask", "calls": [1], "milliseconds": 10_000],
      ["fault": "throttle", "operation": "StopTask", "calls": [1, 2, 3]],
    ] as [[String: any Sendable]])
  func `a StopTask that goes wrong is repeated, in time`(fault: ECSServer.Fault) async throws {
    let server = try await server([fault])
    let launcher = try launcher(server, 2)
    try await launcher.launch([spec(0), spec(1)])
    let began = ContinuousClock.now
    await stopAll(launcher, 2)
    #expect(ContinuousClock.now - began < .seconds(7))
    for index in 0..<2 { #expect(try await fate(launcher, index).sentence.contains("was told to stop")) }
    #expect(try await isQuiet(server, launcher))
  }

  @Test(
    arguments: [
      // Its answer comes after the cancellation, or never.
      ["fault": "hang", "operation": "RunTask", "shard": 1, "milliseconds": 1500],
      ["fault": "hang", "operation": "RunTask", "shard": 1, "milliseconds": 60_000],
      ["fault": "cut", "operation": "RunTask", "shard": 1],
      ["fault": "capacity", "shard": 1],
      ["fault": "never-starts", "shard": 1, "state": "PENDING"],
    ] as [[String: any Sendable]])
  func `a cancellation during the launch leaves nothing running`(fault: ECSServer.Fault) async throws {
    let server = try await server([fault])
    let launcher = try launcher(server, 3)
    let launch = Task { try await launcher.launch((0..<3).map { spec($0) }) }
    #expect(try await eventually(launcher) { (try server.state().calls["RunTask"] ?? 0) >= 3 })
    stop.request("SIGINT")
    let began = ContinuousClock.now
    try await launch.value
    await stopAll(launcher, 3)
    #expect(ContinuousClock.now - began < .seconds(7))
    let leftAt = ContinuousClock.now - began
    #expect(
      try server.state().tasks.allSatisfy { $0.desiredStatus == "STOPPED" },
      "after \(leftAt): \(notesBox.all)")
    for index in 0..<3 { _ = try await fate(launcher, index) }
    #expect(try await isQuiet(server, launcher))
  }

  @Test func `an end does not wait for a container that ignores its signal`() async throws {
    let server = try await server([["fault": "slow-stop", "milliseconds": 60_000]], stopTimeout: 120)
    let launcher = try launcher(server, 1)
    try await launcher.launch([spec(0)])
    #expect(try await eventually(launcher) { try server.state().runningProcesses == 1 })
    let began = ContinuousClock.now
    await launcher.end(0)
    #expect(ContinuousClock.now - began < .seconds(3))
    #expect(await !launcher.state(0).isRunning)
    #expect(try server.state().stops.count == 1)
  }

  @Test func `what is left of a run is stopped, and what leaves by itself is let go`() async throws {
    let server = try await server()
    let launcher = try launcher(server, 2)
    try await launcher.launch([spec(0, mode: "exit:0"), spec(1)])
    _ = try await fate(launcher, 0)
    #expect(await launcher.settle())
    #expect(try server.state().stops.map(\.shard) == [1])
    #expect(try await isQuiet(server, launcher))
  }

  @Test func `a run is stopped from outside, and only that run`() async throws {
    let server = try await server()
    let launcher = try launcher(server, 3)
    try await launcher.launch((0..<3).map { spec($0) })
    let said = Box()
    let stopper = ECSStopper(
      api: ECSAPI(try .live(server.environment)), cluster: "load", host: .live(),
      say: { text in said.sentences.withLock { $0.append(text) } })
    let other = ecsStartedBy(suite: "checkout", run: RunID("2026-11-24")!, store: store)
    #expect(try await stopper.stop(startedBy: other, reason: "by hand", wait: 5) == 0)
    #expect(try server.state().stops.isEmpty)
    #expect(try await stopper.stop(startedBy: launcher.tasks.startedBy, reason: "by hand", wait: 20) == 0)
    #expect(try server.state().runningProcesses == 0, "\(said.all)")
    #expect(said.all.last == "all of them are gone\n")
    for index in 0..<3 {
      let fate = try await fate(launcher, index)
      #expect(fate.sentence.contains("was told to stop (by hand)") && !fate.mayRelaunch, "\(fate.sentence)")
    }
  }
}
