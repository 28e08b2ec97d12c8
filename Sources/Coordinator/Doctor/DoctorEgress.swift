import Shared

/// Whether tasks in the subnets get to AWS's services: without that they end as TaskFailedToStart.
struct DoctorEgress: Sendable {
  let subnets: [VPCSubnet]
  let tables: [VPCRouteTable]
  let endpoints: [VPCEndpoint]
  let assignsPublicIP: Bool
  /// What the tasks call, as ends of endpoints' names: `s3`, `ecr.dkr`.
  let services: [String]

  var finding: DoctorFinding {
    for subnet in subnets {
      switch way(subnet) {
      case .out: break
      case .publicOnly:
        return .fault(
          .egress,
          "\(subnet.id) leads out through an internet gateway, which serves only tasks with a public address",
          do: "set ecs.assign_public_ip: true, or name subnets with a NAT gateway")
      case .blackhole(let target):
        return .fault(
          .egress, "the way out of \(subnet.id) is \(target), which is gone",
          do: "give its route table a NAT gateway that is there")
      case .none:
        let lacking = lacking(subnet)
        guard lacking.isEmpty else {
          return .fault(
            .egress,
            "\(subnet.id) has neither a way out nor VPC endpoints of \(lacking.joined(separator: ", "))",
            do: "route 0.0.0.0/0 to a NAT gateway, or make these endpoints")
        }
      }
    }
    let inside = subnets.filter { if case .none = way($0) { true } else { false } }
    return .ok(
      .egress,
      inside.isEmpty
        ? "every subnet has a way out"
        : "\(inside.map(\.id).joined(separator: ", ")) reach AWS by VPC endpoints, and nothing outside the VPC"
    )
  }

  private enum Way: Equatable {
    case out, publicOnly, none
    case blackhole(String)
  }

  /// A subnet that no table names has the VPC's main one.
  private func way(_ subnet: VPCSubnet) -> Way {
    let table =
      tables.first { $0.subnets.contains(subnet.id) } ?? tables.first { $0.isMain && $0.vpc == subnet.vpc }
    guard let route = table?.routes.first(where: { $0.destination == "0.0.0.0/0" }) else { return .none }
    if route.isBlackhole { return .blackhole(route.target) }
    return route.target.hasPrefix("igw-") && !assignsPublicIP ? .publicOnly : .out
  }

  private func lacking(_ subnet: VPCSubnet) -> [String] {
    services.filter { service in
      !endpoints.contains { $0.vpc == subnet.vpc && $0.isAvailable && $0.service.hasSuffix(".\(service)") }
    }
  }
}
