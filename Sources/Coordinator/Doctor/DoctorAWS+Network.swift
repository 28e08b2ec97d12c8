import Shared

/// What EC2 answers, in its own XML.
extension DoctorAWS {
  func subnets(_ ids: [String]) async -> Asked<[VPCSubnet]> {
    await items("DescribeSubnets", "subnetSet", Self.numbered("SubnetId", ids)) { item in
      VPCSubnet(id: item["subnetId"] ?? "", vpc: item["vpcId"] ?? "")
    }
  }

  func routeTables(_ vpcs: [String]) async -> Asked<[VPCRouteTable]> {
    await items("DescribeRouteTables", "routeTableSet", Self.filter("vpc-id", vpcs)) { item in
      let associations = item.first("associationSet")?.all("item") ?? []
      return VPCRouteTable(
        vpc: item["vpcId"] ?? "", isMain: associations.contains { $0["main"] == "true" },
        subnets: associations.compactMap { $0["subnetId"] },
        routes: (item.first("routeSet")?.all("item") ?? []).map(Self.route))
    }
  }

  private static func route(_ item: XMLElement) -> VPCRouteTable.Route {
    let targets = [
      "natGatewayId", "gatewayId", "transitGatewayId", "networkInterfaceId", "instanceId",
      "vpcPeeringConnectionId", "localGatewayId", "carrierGatewayId",
    ]
    return VPCRouteTable.Route(
      destination: item["destinationCidrBlock"] ?? item["destinationPrefixListId"] ?? "",
      target: targets.lazy.compactMap { item[$0] }.first { !$0.isEmpty } ?? "",
      isBlackhole: item["state"] == "blackhole")
  }

  func endpoints(_ vpcs: [String]) async -> Asked<[VPCEndpoint]> {
    await items("DescribeVpcEndpoints", "vpcEndpointSet", Self.filter("vpc-id", vpcs)) { item in
      VPCEndpoint(
        service: item["serviceName"] ?? "", vpc: item["vpcId"] ?? "",
        isAvailable: (item["state"] ?? item["vpcEndpointState"])?.lowercased() != "deleted")
    }
  }

  /// - Parameter ids: empty for the VPCs' default one.
  func securityGroups(_ ids: [String], vpcs: [String]) async -> Asked<[VPCSecurityGroup]> {
    let parameters =
      ids.isEmpty
      ? Self.filter("vpc-id", vpcs) + [("Filter.2.Name", "group-name"), ("Filter.2.Value.1", "default")]
      : Self.numbered("GroupId", ids)
    return await items("DescribeSecurityGroups", "securityGroupInfo", parameters) { item in
      VPCSecurityGroup(
        id: item["groupId"] ?? "", vpc: item["vpcId"] ?? "",
        egress: (item.first("ipPermissionsEgress")?.all("item") ?? []).map(Self.rule))
    }
  }

  private static func rule(_ item: XMLElement) -> VPCSecurityGroup.Rule {
    let sets = [
      ("ipRanges", "cidrIp"), ("ipv6Ranges", "cidrIpv6"), ("prefixListIds", "prefixListId"),
      ("groups", "groupId"),
    ]
    let (from, to) = (item["fromPort"].flatMap { Int($0) }, item["toPort"].flatMap { Int($0) })
    var ports: ClosedRange<Int>?
    if let from, let to, from <= to { ports = from...to }
    return VPCSecurityGroup.Rule(
      protocolName: item["ipProtocol"] ?? "", ports: ports,
      targets: sets.flatMap { set, name in (item.first(set)?.all("item") ?? []).compactMap { $0[name] } })
  }

  private func items<Value>(
    _ operation: String, _ set: String, _ parameters: [(name: String, value: String)],
    _ read: (XMLElement) -> Value
  ) async -> Asked<[Value]> {
    await Asked {
      try await client.query(.ec2, operation, parameters, on: "").first(set)?.all("item").map(read) ?? []
    }
  }

  private static func numbered(_ name: String, _ values: [String]) -> [(name: String, value: String)] {
    values.enumerated().map { ("\(name).\($0 + 1)", $1) }
  }

  private static func filter(_ name: String, _ values: [String]) -> [(name: String, value: String)] {
    [("Filter.1.Name", name)] + numbered("Filter.1.Value", values)
  }
}
