import Foundation
import TestSupport
import Testing

@testable import ECSStandIn

@Suite struct ContainerRequestTests {
  private func request(_ container: [String: JSON] = [:], overrides: JSON = [:]) throws -> JSON {
    let definition = try TaskDefinition(
      [
        "family": "k6-shard", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": "512", "memory": "1024",
        "containerDefinitions": [
          .object(["name": "shard", "image": "k6-shard:1"].merging(container) { $1 })
        ],
      ], revision: 1, arnPrefix: "arn:aws:ecs:us-east-1:123456789012", now: 0)
    let task = ECSTask(
      id: "1", arn: "", clusterARN: "", definition: definition, request: ["overrides": overrides],
      capacityProvider: nil, shard: 0, launch: 1, createdAt: 0, tags: [], visibleFrom: 0)
    return ContainerRequest(task: task, environment: ["B": "2", "A": "1=x"], network: "grid").json
  }

  @Test func `a task's size is its container's limit, without swap`() throws {
    let own = try request()["HostConfig"]
    #expect(own?["NanoCpus"] == 500_000_000 && own?["Memory"] == 1_073_741_824)
    #expect(own?["MemorySwap"] == own?["Memory"] && own?["NetworkMode"] == "grid")
    let other = try request(overrides: ["cpu": "2048", "memory": "4096"])["HostConfig"]
    #expect(other?["NanoCpus"] == 2_000_000_000 && other?["Memory"] == 4_294_967_296)
  }

  @Test func `without a word of the definition's or of RunTask's the image's own stand`() throws {
    let usual = try request()
    for name in ["Entrypoint", "Cmd", "User", "Healthcheck", "Volumes"] {
      #expect(usual[name] == nil, "\(name)")
    }
    #expect(usual["Env"] == ["A=1=x", "B=2"] && usual["StopTimeout"] == 30)
    #expect(usual["HostConfig"]?["ReadonlyRootfs"] == false && usual["HostConfig"]?["Init"] == false)
    let told = try request(
      [
        "command": ["run"], "entryPoint": ["/agent"], "user": "7", "stopTimeout": 120,
        "readonlyRootFilesystem": true,
      ],
      overrides: ["containerOverrides": [["name": "shard", "command": ["stop"]]]])
    #expect(told["Cmd"] == ["stop"] && told["Entrypoint"] == ["/agent"] && told["User"] == "7")
    #expect(told["StopTimeout"] == 120 && told["HostConfig"]?["ReadonlyRootfs"] == true)
  }

  @Test func `volumes, health check, rights and limits are Docker's in Docker's words`() throws {
    let told = try request([
      "mountPoints": [["sourceVolume": "work", "containerPath": "/work"]],
      "healthCheck": ["command": ["CMD", "agent", "healthcheck"], "interval": 10],
      "linuxParameters": ["initProcessEnabled": true, "capabilities": ["drop": ["ALL"]]],
      "ulimits": [["name": "nofile", "softLimit": 10, "hardLimit": 20]],
    ])
    #expect(told["Volumes"] == ["/work": [:]])
    #expect(told["Healthcheck"]?["Test"] == ["CMD", "agent", "healthcheck"])
    #expect(
      told["Healthcheck"]?["Interval"] == 10_000_000_000 && told["Healthcheck"]?["Timeout"] == 5_000_000_000)
    let host = told["HostConfig"]
    #expect(host?["Init"] == true && host?["CapDrop"] == ["ALL"])
    #expect(host?["Ulimits"] == [["Name": "nofile", "Soft": 10, "Hard": 20]])
  }

  @Test func `what a container said is without the frames of its stream`() {
    let frames =
      Data([1, 0, 0, 0, 0, 0, 0, 2, 104, 105, 2, 0, 0, 0, 0, 0, 1, 0]) + Data(repeating: 33, count: 256)
    #expect(dockerLogText(frames) == Data("hi".utf8) + Data(repeating: 33, count: 256))
    // One that was cut off.
    #expect(dockerLogText(Data([1, 0, 0, 0, 0, 0, 0, 9, 104])) == Data("h".utf8))
  }
}
