import Shared

/// What EC2 says of subnets and what is around them.
struct VPCSubnet: Sendable, Equatable {
  let id: String
  let vpc: String
}

struct VPCRouteTable: Sendable, Equatable {
  struct Route: Sendable, Equatable {
    /// `0.0.0.0/0`, a prefix list, another network.
    let destination: String
    /// `nat-...`, `igw-...`, `tgw-...`, `local`.
    let target: String
    /// One whose target is gone leads nowhere.
    var isBlackhole = false
  }
  let vpc: String
  var isMain = false
  var subnets: [String] = []
  var routes: [Route] = []
}

struct VPCEndpoint: Sendable, Equatable {
  /// As `com.amazonaws.eu-west-1.s3`.
  let service: String
  let vpc: String
  var isAvailable = true
}

struct VPCSecurityGroup: Sendable, Equatable {
  struct Rule: Sendable, Equatable {
    /// `tcp`, `-1` for all.
    let protocolName: String
    var ports: ClosedRange<Int>?
    /// Networks, prefix lists, other groups.
    var targets: [String]
  }
  let id: String
  let vpc: String
  var egress: [Rule] = []

  /// Whether HTTPS gets out: to everywhere, or at least to something.
  func letsHTTPSOut(everywhere: Bool) -> Bool {
    egress.contains { rule in
      let isOpen =
        rule.protocolName == "-1"
        || (["tcp", "6"].contains(rule.protocolName) && rule.ports?.contains(443) != false)
      return isOpen
        && (everywhere
          ? rule.targets.contains { $0 == "0.0.0.0/0" || $0 == "::/0" } : !rule.targets.isEmpty)
    }
  }
}

extension DoctorFinding {
  /// - Parameter named: the subnets of the configuration.
  static func subnets(_ named: [String], _ asked: Asked<[VPCSubnet]>) -> DoctorFinding {
    let absent = DoctorFinding.fault(
      .subnets, "not all of \(named.joined(separator: ", ")) are there",
      do: "name subnets that are: ecs.subnets")
    return asked.finding(.subnets, missing: absent) { found in
      let lost = named.filter { name in !found.contains { $0.id == name } }
      guard lost.isEmpty else {
        return .fault(
          .subnets, "there is no subnet \(lost.joined(separator: ", "))",
          do: "name subnets that are there: ecs.subnets")
      }
      let networks = Set(found.map(\.vpc)).sorted()
      guard networks.count == 1 else {
        return .fault(
          .subnets, "the subnets are of several VPCs: \(networks.joined(separator: ", "))",
          do: "name subnets of one VPC: ecs.subnets")
      }
      return .ok(.subnets, "\(counted(found.count, "subnet")) in \(networks[0])")
    }
  }

  /// - Parameters:
  ///   - vpc: `nil` while the subnets are not known.
  ///   - isDefault: the configuration names none, and these are the VPC's own.
  static func securityGroups(
    _ named: [String], _ asked: Asked<[VPCSecurityGroup]>, vpc: String?
  ) -> DoctorFinding {
    let what = named.isEmpty ? "the VPC's default security group" : named.joined(separator: ", ")
    let absent = DoctorFinding.fault(
      .securityGroups, "there is no security group \(what)", do: "name one that is there: ecs.security_groups"
    )
    return asked.finding(.securityGroups, missing: absent) { found in
      let lost = named.filter { name in !found.contains { $0.id == name } }
      guard !found.isEmpty, lost.isEmpty else {
        return .fault(
          .securityGroups, "there is no security group \(lost.isEmpty ? what : lost.joined(separator: ", "))",
          do: "name one that is there: ecs.security_groups")
      }
      if let vpc, let other = found.first(where: { $0.vpc != vpc }) {
        return .fault(
          .securityGroups, "\(other.id) is of \(other.vpc), the subnets of \(vpc)",
          do: "name a security group of the subnets' VPC: ecs.security_groups")
      }
      if found.contains(where: { $0.letsHTTPSOut(everywhere: true) }) {
        return .ok(.securityGroups, "\(found.map(\.id).joined(separator: ", ")) let HTTPS out")
      }
      guard found.contains(where: { $0.letsHTTPSOut(everywhere: false) }) else {
        return .fault(
          .securityGroups, "\(found.map(\.id).joined(separator: ", ")) let no HTTPS out",
          do: "allow egress on TCP 443 to AWS and to what is loaded")
      }
      return .warning(
        .securityGroups, "\(found.map(\.id).joined(separator: ", ")) let HTTPS out to some places only",
        do: "make sure that AWS's services and what is loaded are among them")
    }
  }
}
