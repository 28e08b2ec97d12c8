import Shared

/// The flags as they were written.
struct RawECSFlags: Sendable {
  var cluster: String?
  var taskDefinition: String?
  var container: String?
  var subnets: String?
  var securityGroups: String?
  var assignPublicIP: Bool?
  var platformVersion: String?
  var cpu: String?
  var memory: String?
  var secrets: [String] = []
}

extension ECSSettings {
  /// - Throws: ``UsageError`` with the flag and what was expected.
  init(_ raw: RawECSFlags) throws {
    self.init()
    cluster = try Self.checked(raw.cluster, "--cluster", .cluster)
    taskDefinition = try Self.checked(raw.taskDefinition, "--task-definition", .taskDefinition)
    container = try Self.checked(raw.container, "--container", .container)
    subnets = try Self.listed(raw.subnets, "--subnets", .subnet, most: 16)
    securityGroups = try Self.listed(raw.securityGroups, "--security-groups", .securityGroup, most: 5)
    assignPublicIP = raw.assignPublicIP
    platformVersion = try Self.checked(raw.platformVersion, "--platform-version", .platformVersion)
    cpu = try Self.checked(raw.cpu, "--task-cpu", .cpu)
    memory = try Self.checked(raw.memory, "--task-memory", .memory)
    secrets = try raw.secrets.compactMap { try Self.checked($0, "--secret", .secret) }
  }

  private static func checked(_ text: String?, _ flag: String, _ rule: ECSRule) throws -> String? {
    guard let text else { return nil }
    guard rule.holds(text) else { throw UsageError("\(flag) is '\(text)': expected \(rule.expected)") }
    return text
  }

  private static func listed(_ text: String?, _ flag: String, _ rule: ECSRule, most: Int) throws -> [String] {
    guard let text else { return [] }
    let texts = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      try checked(String($0), flag, rule) ?? ""
    }
    guard texts.count <= most, Set(texts).count == texts.count else {
      throw UsageError("\(flag) is '\(text)': expected at most \(most), each once")
    }
    return texts
  }
}
