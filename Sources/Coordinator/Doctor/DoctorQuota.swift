import Shared

/// A quota of Fargate's: how many vCPUs may run at once in this account and region.
struct FargateQuota: Sendable {
  let check: DoctorCheck
  let code: String
  let name: String

  static let onDemand = FargateQuota(
    check: .onDemandQuota, code: "L-3032A538", name: "Fargate On-Demand vCPU resource count")
  static let spot = FargateQuota(
    check: .spotQuota, code: "L-36FBB829", name: "Fargate Spot vCPU resource count")
}

struct ServiceQuotaRequest: Encodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case service = "ServiceCode"
    case code = "QuotaCode"
  }
  var service = "fargate"
  let code: String
}

struct ServiceQuotaAnswer: Decodable, Sendable {
  struct Quota: Decodable, Sendable {
    let value: Double
    private enum CodingKeys: String, CodingKey { case value = "Value" }
  }
  let quota: Quota
  private enum CodingKeys: String, CodingKey { case quota = "Quota" }
}

extension DoctorFinding {
  /// - Parameters:
  ///   - shards: how many of them go there.
  ///   - units: CPU units of a task.
  static func quota(
    _ quota: FargateQuota, shards: Int, units: Int, _ asked: Asked<ServiceQuotaAnswer>
  ) -> DoctorFinding {
    let needed = Double(shards) * Double(units) / 1024
    let text =
      "\(counted(shards, "shard")) of \(number(Double(units) / 1024)) vCPU are \(number(needed)) vCPU"
    let absent = DoctorFinding.notChecked(
      quota.check, "AWS knows no quota \(quota.code) (\(quota.name)) here", do: "look it up in the console")
    return asked.finding(quota.check, missing: absent) { answer in
      let most = answer.quota.value
      guard needed <= most else {
        return .fault(
          quota.check, "\(text), and the account may run \(number(most)) at once (\(quota.name))",
          do:
            "ask for more (Service Quotas, \(quota.code)), or take fewer shards or smaller tasks")
      }
      return .ok(quota.check, "\(text) of the \(number(most)) that may run at once, whatever else runs")
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
