import Testing

@testable import Coordinator

@Suite struct DoctorNetworkTests {
  private static let subnet = VPCSubnet(id: "subnet-1", vpc: "vpc-1")

  private func table(_ target: String, main: Bool = false, gone: Bool = false) -> VPCRouteTable {
    VPCRouteTable(
      vpc: "vpc-1", isMain: main, subnets: main ? [] : ["subnet-1"],
      routes: [
        VPCRouteTable.Route(destination: "10.0.0.0/16", target: "local"),
        VPCRouteTable.Route(destination: "0.0.0.0/0", target: target, isBlackhole: gone),
      ])
  }

  private func egress(
    _ tables: [VPCRouteTable], _ endpoints: [VPCEndpoint] = [], publicIP: Bool = false
  ) -> DoctorFinding {
    DoctorEgress(
      subnets: [Self.subnet], tables: tables, endpoints: endpoints, assignsPublicIP: publicIP,
      services: ["s3", "logs"]
    ).finding
  }

  @Test func `a subnet's own table counts, and else the main one`() {
    #expect(egress([table("nat-1")]).outcome == .ok)
    #expect(egress([table("nat-1", main: true)]).outcome == .ok)
    #expect(egress([table("nat-1", main: true), table("nat-2", gone: true)]).outcome == .fault)
    #expect(egress([]).outcome == .fault)
    var other = table("nat-1", main: true)
    other = VPCRouteTable(vpc: "vpc-2", isMain: true, routes: other.routes)
    #expect(egress([other]).outcome == .fault, "another VPC's main table is nobody's here")
  }

  @Test(arguments: [("nat-1", true), ("tgw-1", true), ("eni-1", true), ("igw-1", false)])
  func `an internet gateway serves public addresses alone`(target: String, isEnough: Bool) {
    #expect(egress([table(target)]).outcome == (isEnough ? .ok : .fault))
    #expect(egress([table(target)], publicIP: true).outcome == .ok)
  }

  @Test func `without a way out every service needs its endpoint`() {
    func endpoint(_ service: String, vpc: String = "vpc-1") -> VPCEndpoint {
      VPCEndpoint(service: "com.amazonaws.eu-west-1.\(service)", vpc: vpc)
    }
    #expect(egress([], [endpoint("s3"), endpoint("logs")]).outcome == .ok)
    let lacking = egress([], [endpoint("s3"), endpoint("logs", vpc: "vpc-2")])
    #expect(lacking.outcome == .fault && lacking.found.contains("logs") && !lacking.found.contains("s3"))
  }

  @Test(
    arguments: [
      ("-1", nil, "0.0.0.0/0", DoctorFinding.Outcome.ok), ("tcp", 443...443, "0.0.0.0/0", .ok),
      ("6", 0...65_535, "::/0", .ok), ("tcp", 80...80, "0.0.0.0/0", .fault),
      ("udp", 443...443, "0.0.0.0/0", .fault),
      ("tcp", 443...443, "10.0.0.0/8", .warning), ("tcp", 443...443, "pl-1", .warning),
    ] as [(String, ClosedRange<Int>?, String, DoctorFinding.Outcome)])
  func `HTTPS has to get out`(
    name: String, ports: ClosedRange<Int>?, target: String, outcome: DoctorFinding.Outcome
  ) {
    let rule = VPCSecurityGroup.Rule(protocolName: name, ports: ports, targets: [target])
    let group = VPCSecurityGroup(id: "sg-1", vpc: "vpc-1", egress: [rule])
    let finding = DoctorFinding.securityGroups(["sg-1"], .answer([group]), vpc: "vpc-1")
    #expect(finding.outcome == outcome)
    #expect(DoctorFinding.securityGroups(["sg-1"], .answer([group]), vpc: "vpc-2").outcome == .fault)
  }
}
