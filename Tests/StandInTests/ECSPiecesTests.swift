import Foundation
import TestSupport
import Testing

@testable import ECSStandIn

@Suite struct TokenBucketTests {
  @Test func `a bucket gives what is in it, and refills by the second`() {
    var bucket = TokenBucket(capacity: 3, refill: 2, at: 100)
    // A bucket is never fuller than full, and a clock that goes back gives nothing.
    let times = [100, 100, 100, 100, 100.49, 100.5, 100.5, 1000, 1000, 1000, 1000, 900, 1000.5]
    let given = times.map { bucket.take(at: $0) }
    #expect(
      given == [true, true, true, false, false, true, false, true, true, true, false, false, true])
  }

  private func admitted(_ rates: inout Rates, _ operation: ECSOperation, _ calls: Int, at now: Double) -> Int
  {
    (0..<calls).count { _ in rates.admit(operation, at: now) }
  }

  @Test(
    arguments: [
      (ECSOperation.runTask, 20, 20), (.stopTask, 100, 40), (.describeTasks, 100, 20), (.listTasks, 100, 20),
      (.registerTaskDefinition, 20, 1), (.describeClusters, 200, 200),
    ])
  func `an operation has its published rate`(operation: ECSOperation, atOnce: Int, aSecond: Int) {
    var rates = Rates(at: 0)
    let first = admitted(&rates, operation, 200, at: 0)
    let second = admitted(&rates, operation, 200, at: 1)
    #expect(first == atOnce && second == aSecond)
  }

  @Test func `calls that read share a bucket, launches have one for each kind of capacity`() {
    var rates = Rates(at: 0)
    let described = admitted(&rates, .describeTasks, 60, at: 0)
    let listed = admitted(&rates, .listTasks, 60, at: 0)
    #expect(described == 60 && listed == 40)
    let launched = [
      rates.admitLaunches(100, spot: false, at: 0), rates.admitLaunches(1, spot: false, at: 0),
      rates.admitLaunches(1, spot: true, at: 0),
    ]
    #expect(launched == [true, false, true])
  }
}

@Suite struct ContainerStartTests {
  private func start(_ container: JSON, _ override: JSON? = nil) -> ContainerStart {
    ContainerStart(
      container: container, override: override, agent: "/build/shard-agent",
      passed: ["A": "passed", "PATH": "/bin"], injected: ["A": "injected", "B": "injected"],
      secrets: ["D": "secret"])
  }

  @Test func `an override is over the definition, that over what is injected, that over what is passed`() {
    let start = start(
      ["environment": [["name": "B", "value": "definition"], ["name": "C", "value": "definition"]]],
      ["environment": [["name": "C", "value": "override"], ["name": "D", "value": "override"]]])
    #expect(
      start.environment == [
        "PATH": "/bin", "A": "injected", "B": "definition", "C": "override", "D": "override",
      ])
  }

  @Test(
    arguments: [
      ([:], nil, "/build/shard-agent", []), (["command": ["run"]], nil, "/build/shard-agent", ["run"]),
      (["command": ["run"]], ["command": ["stop", "a b"]], "/build/shard-agent", ["stop", "a b"]),
      (["command": ["run"]], ["command": []], "/build/shard-agent", []),
      (
        ["entryPoint": ["/usr/bin/shard-agent", "run"], "command": ["x"]], nil, "/build/shard-agent",
        ["run", "x"]
      ),
      (["entryPoint": ["sh", "-c"], "command": ["exit 3"]], nil, "sh", ["-c", "exit 3"]),
    ] as [(JSON, JSON?, String, [String])])
  func `the program is the entry point's, the arguments are the command's`(
    container: JSON, override: JSON?, program: String, arguments: [String]
  ) {
    let start = start(container, override)
    #expect(start.program == program)
    #expect(start.arguments == arguments)
  }
}

@Suite struct ShapeTests {
  @Test(
    arguments: [
      (["taskDefinition": "a"], nil), (["taskDefinition": "a", "count": 3], nil),
      ([:], "ClientException"), (["taskDefinition": "a", "Count": 3], "SerializationException"),
      (["taskDefinition": 1], "SerializationException"),
      (["taskDefinition": .null], "SerializationException"),
      (["taskDefinition": "a", "count": true], "SerializationException"),
      (["taskDefinition": "a", "count": 2.5], "SerializationException"),
      (["taskDefinition": "a", "launchType": "SPOT"], "InvalidParameterException"),
      (["taskDefinition": "a", "networkConfiguration": ["awsvpcConfiguration": [:]]], "ClientException"),
      (["taskDefinition": "a", "tags": [["key": "a", "worth": "b"]]], "SerializationException"),
      (
        [
          "taskDefinition": "a",
          "capacityProviderStrategy": [["capacityProvider": "FARGATE", "weight": 1001]],
        ],
        "InvalidParameterException"
      ), ([], "SerializationException"),
    ] as [(JSON, String?)])
  func `a request of RunTask has its shape`(request: JSON, code: String?) {
    var found: String?
    do { try ECSOperation.runTask.request.check(request) } catch { found = (error as? ECSError)?.code }
    #expect(found == code)
  }

  @Test(
    arguments: [
      (256, 512, true), (256, 4096, false), (1024, 2048, true), (1024, 2560, false), (4096, 30_720, true),
      (8192, 20_480, true), (8192, 17_408, false), (16_384, 122_880, true), (1000, 2048, false),
    ])
  func `Fargate has some sizes`(cpu: Int, memory: Int, isThere: Bool) {
    #expect(TaskDefinition.isFargateSize(cpu: cpu, memory: memory) == isThere)
  }
}

@Suite struct JSONTests {
  @Test func `numbers stay whole, true stays true`() throws {
    let text = #"{"a":1,"b":true,"c":1732540800.125,"d":[null,"é\/"]}"#
    let value = try JSON(Data(text.utf8))
    #expect(value["a"] == 1 && value["b"] == true && value["a"] != true)
    #expect(
      String(decoding: value.text, as: UTF8.self) == #"{"a":1,"b":true,"c":1732540800.125,"d":[null,"é/"]}"#)
  }
}

@Suite struct SigV4Tests {
  /// The published example of IAM's ListUsers.
  @Test func `a published signature is reproduced`() throws {
    let request = SigV4.Request(
      method: "GET", path: "/", query: "Version=2010-05-08&Action=ListUsers",
      headers: [
        "host": "iam.amazonaws.com", "x-amz-date": "20150830T123600Z",
        "content-type": "application/x-www-form-urlencoded;  charset=utf-8",
      ], body: Data())
    let signature = SigV4.signature(
      of: request, secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      signedHeaders: ["content-type", "host", "x-amz-date"], time: "20150830T123600Z", region: "us-east-1",
      service: "iam")
    #expect(signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
  }

  @Test func `a time is read as it is written`() throws {
    let date = try #require(KeyRing.date("20150830T123600Z"))
    #expect(date.timeIntervalSince1970 == 1_440_938_160)
    #expect(KeyRing.text(date) == "20150830T123600Z")
    #expect(KeyRing.date("2015-08-30T12:36:00Z") == nil)
  }
}
