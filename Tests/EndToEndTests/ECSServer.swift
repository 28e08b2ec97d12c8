import Foundation
import TestSupport
import Testing

/// The ECS stand-in on a port of its own, with a cluster `load` that has FARGATE and FARGATE_SPOT, and the task
/// definition `k6-shard:1`. Its tasks are processes that end with it.
final class ECSServer: Sendable {
  /// As in `["fault": "capacity", "shard": 0, "launch": 1]`; the kinds are in the stand-in's `FaultKind`.
  typealias Fault = [String: any Sendable]

  let address: String
  /// Of the tasks' output: `TASKID.out` and `TASKID.err`.
  let logs: URL
  /// For who calls ECS: its address, keys, Region.
  let environment: [String: String]
  private let program: Program

  /// - Parameters:
  ///   - agent: the program that tasks run.
  ///   - pass: variables for every task, as another service's address. Keys among them (those of moto) are not passed
  ///     on: they sign here too, and with them the task role is assumed at the STS of that address (moto's, which asks
  ///     for a role `k6-shard-task` only when it looks at policies). Without an address they are handed out as they are.
  ///   - command: of the container, where RunTask overrides none.
  ///   - stateDelay: milliseconds in each state but RUNNING.
  ///   - arguments: more of the stand-in's own, as `["--credentials-from", "ID:SECRET@http://..."]`.
  init(
    agent: URL = Program.folder.appending(path: "shard-agent"), pass: [String: String] = [:],
    faults: [Fault] = [], command: [String] = [], stopTimeout: Int = 30, stateDelay: Int = 50,
    credentialSeconds: Double = 3600, enforcingRates: Bool = true, arguments: [String] = []
  ) async throws {
    let folder = try temporaryFolder()
    logs = folder.appending(path: "logs")
    let region = pass["AWS_REGION"] ?? "us-east-1"
    let id = pass["AWS_ACCESS_KEY_ID"] ?? "AKIAGRIDTESTS0000001"
    let secret = pass["AWS_SECRET_ACCESS_KEY"] ?? "grid/tests+secret"
    let definition = Self.taskDefinition(command: command, stopTimeout: stopTimeout)
    let files = (
      address: folder.appending(path: "address"), definition: folder.appending(path: "k6-shard.json"),
      faults: folder.appending(path: "faults.json")
    )
    try JSONSerialization.data(withJSONObject: definition).write(to: files.definition)
    try JSONSerialization.data(withJSONObject: faults).write(to: files.faults)
    var own = [
      "--agent", agent.path, "--logs", logs.path, "--address-file", files.address.path, "--cluster",
      "load=FARGATE,FARGATE_SPOT", "--task-definition", files.definition.path, "--faults", files.faults.path,
      "--region", region, "--key", "\(id):\(secret)", "--state-delay", "\(stateDelay)",
      "--credential-seconds",
      "\(credentialSeconds)",
      "--rates", enforcingRates ? "on" : "off", "--end-with-parent",
    ]
    if pass["AWS_ACCESS_KEY_ID"] != nil {
      let sts = pass["AWS_ENDPOINT_URL_STS"] ?? pass["AWS_ENDPOINT_URL"]
      own += ["--credentials-from", "\(id):\(secret)" + (sts.map { "@\($0)" } ?? "")]
    }
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    for (name, value) in pass where !keys.contains(name) { own += ["--pass", "\(name)=\(value)"] }
    program = try Program("ECSStandIn", own + arguments)
    address = try await Self.address(in: files.address, of: program)
    environment = [
      "AWS_ENDPOINT_URL_ECS": address, "AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret,
      "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
    ]
  }

  private static func taskDefinition(command: [String], stopTimeout: Int) -> [String: Any] {
    [
      "family": "k6-shard", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024",
      "memory": "2048", "taskRoleArn": "arn:aws:iam::123456789012:role/k6-shard-task",
      "executionRoleArn": "arn:aws:iam::123456789012:role/k6-shard-execution",
      "containerDefinitions": [
        [
          "name": "shard", "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/k6-shard:test",
          "essential": true, "command": command, "stopTimeout": stopTimeout,
          "logConfiguration": [
            "logDriver": "awslogs",
            "options": [
              "awslogs-group": "/k6-grid", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "shard",
            ],
          ],
        ] as [String: Any]
      ],
    ]
  }

  private static func address(in file: URL, of program: Program) async throws -> String {
    for _ in 0..<400 {
      if let found = try? String(contentsOf: file, encoding: .utf8) { return found }
      // It says why on stderr when it cannot start.
      if kill(program.processID, 0) != 0 { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    program.signal(SIGTERM)
    let errors = await program.ending().errors
    return try #require(nil, "the ECS stand-in did not start: \(errors)")
  }

  /// Why faults were not taken.
  struct Refusal: Error { let text: String }

  /// Tells it what goes wrong from now on.
  func setFaults(_ faults: [Fault]) throws {
    let answer = try loopbackHTTP(
      "POST", "\(address)/_faults", body: JSONSerialization.data(withJSONObject: faults))
    guard answer.status == 200 else { throw Refusal(text: String(decoding: answer.body, as: UTF8.self)) }
  }

  func state() throws -> State {
    try JSONDecoder().decode(State.self, from: loopbackHTTP("GET", "\(address)/_state").body)
  }

  /// Every call with its answer.
  func record() throws -> JSON { try JSON(loopbackHTTP("GET", "\(address)/_record").body) }

  /// Ends it and its tasks, as SIGTERM does.
  func stop() async -> Program.Ending {
    program.signal(SIGTERM)
    return await program.ending()
  }

  struct State: Decodable {
    struct Task: Decodable {
      let taskArn, lastStatus, desiredStatus: String
      let launch: Int
      let shard, exitCode: Int?
      let processID: Int32?
      let stopCode, stoppedReason, startedBy, capacityProviderName: String?
      let isGone: Bool
      var id: String { String(taskArn.suffix(32)) }
    }
    struct Stop: Decodable {
      let taskArn: String
      let shard: Int?
      let reason: String?
      /// Seconds since 1970.
      let at: Double
    }
    struct Happened: Decodable {
      let fault: String
      let happened: Int
      /// Why it could not happen.
      let note: String?
    }
    let runningProcesses, credentialHandOuts: Int
    /// By operation.
    let calls, throttles: [String: Int]
    let tasks: [Task]
    let stops: [Stop]
    let faults: [Happened]
  }
}
