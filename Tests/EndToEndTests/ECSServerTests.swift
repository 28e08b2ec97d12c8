import Foundation
import TestSupport
import Testing

/// The fixture itself, called with boto3: the agent with real k6, inside what a task finds.
@Suite(.serialized, .enabled(if: Botocore.isThere, "python3 has no boto3: run scripts/setup moto"))
struct ECSServerTests {
  private func script(in folder: URL, _ duration: String) throws -> String {
    let file = folder.appending(path: "load.js")
    try """
    import { sleep } from 'k6';
    export const options = { vus: 2, duration: '\(duration)' };
    export default function () { sleep(0.1); }
    """.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  @Test func `a shard runs as a task, and its record is what ECS's own model allows`() async throws {
    let folder = try temporaryFolder()
    let ecs = try await ECSServer(pass: [
      "K6_BIN": K6.newest.path, "PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": "AKIAMOTO",
      "AWS_SECRET_ACCESS_KEY": "moto/secret",
    ])
    #expect(ecs.environment["AWS_ACCESS_KEY_ID"] == "AKIAMOTO")
    let store = folder.appending(path: "out")
    let answer = try await ecs.runTask(
      command: ["run", try script(in: folder, "1s")],
      ["GRID_STORE": "file://\(store.path)", "K6_SHARD_INDEX": "0"])
    #expect(answer["tasks"]?.array?.count == 1)
    try await eventually("the task's end") { try ecs.state().tasks.first?.lastStatus == "STOPPED" }
    let task = try #require(try ecs.state().tasks.first)
    let log = try String(contentsOf: ecs.logs.appending(path: "\(task.id).err"), encoding: .utf8)
    #expect(task.exitCode == 0 && task.stopCode == "EssentialContainerExited" && task.shard == 0, "\(log)")
    let runs = try FileManager.default.contentsOfDirectory(atPath: store.path).filter {
      $0.hasPrefix("hand-")
    }
    let summary = store.appending(path: "\(try #require(runs.first))/shard-0/summary.json")
    #expect(FileManager.default.fileExists(atPath: summary.path))
    #expect(try ecs.record().array?.first?["operation"] == .string("RunTask"))
    let checked = try await Botocore.run("check_record.py", [ecs.address], environment: [:])
    #expect(checked.contains("RunTask"))
    #expect(await ecs.stop().code == 0)
  }

  @Test func `faults are told at any time, and the end of the stand-in leaves no k6 behind`() async throws {
    let folder = try temporaryFolder()
    let ecs = try await ECSServer(
      pass: ["K6_BIN": K6.newest.path, "PATH": "/usr/bin:/bin"],
      faults: [["fault": "capacity", "shard": 1, "launch": 1]])
    let path = try script(in: folder, "60s")
    let variables = [
      "GRID_STORE": "file://\(folder.path)/out", "K6_SHARD_INDEX": "1", "K6_SHARD_COUNT": "2",
    ]
    let first = try await ecs.runTask(command: ["run", path], variables)
    #expect(first["failures"]?.array?.count == 1 && first["tasks"]?.array?.isEmpty == true)
    #expect(throws: ECSServer.Refusal.self) {
      try ecs.setFaults([["fault": "capacity", "shard": 1, "launch": 1]])
    }
    try ecs.setFaults([["fault": "throttle", "operation": "StopTask"]])
    #expect(try ecs.state().faults.map(\.fault) == ["capacity", "throttle"])
    _ = try await ecs.runTask(command: ["run", path], variables)
    try await eventually("k6 runs") { processes(with: path).count >= 2 }
    #expect(try ecs.state().runningProcesses == 1)
    #expect(await ecs.stop().code == 0)
    try await eventually("their end") { processes(with: path).isEmpty }
  }
}
