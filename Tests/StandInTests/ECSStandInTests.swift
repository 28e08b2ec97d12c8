import Foundation
import TestSupport
import Testing

/// Drives the built stand-in with boto3, so that a third party's client and ECS's own model judge its protocol.
@Suite(.serialized, .enabled(if: Botocore.isThere, "python3 has no boto3: run scripts/setup moto"))
struct ECSStandInTests {
  @Test(arguments: ["ecs_protocol.py", "ecs_faults.py", "ecs_access.py"])
  func `a client of somebody else's finds an ECS`(script: String) async throws {
    let standIn = try Botocore.builtProgram("ECSStandIn")
    let lines = try await Botocore.run(script, environment: ["ECS_STAND_IN": standIn.path]).split(
      separator: "\n")
    for line in lines where !line.hasPrefix("ok ") { Issue.record("\(script): \(line)") }
    #expect(lines.count >= 5, "\(script) ran \(lines.count) scenarios")
  }
}
