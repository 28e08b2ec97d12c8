import Shared

/// What was said of ECS, by flag or in `grid.yml` under `ecs:`. Every value is one that ECS could take; whether they
/// make a whole is for ``ECSOptions`` to say.
struct ECSSettings: Sendable, Equatable {
  var cluster: String?
  var taskDefinition: String?
  var container: String?
  var subnets: [String] = []
  var securityGroups: [String] = []
  var assignPublicIP: Bool?
  var launchType: String?
  var capacityProviders: [ECSOptions.CapacityProvider] = []
  var spotFallback: ECSOptions.SpotFallback?
  var platformVersion: String?
  var cpu: String?
  var memory: String?
  var tags: [String: String] = [:]
  var secrets: [String] = []
  var describeInterval: Double?
  /// USD.
  var vCPUHourPrice, gbHourPrice: Double?

  /// Flags win.
  func over(_ file: ECSSettings) -> ECSSettings {
    var merged = file
    merged.cluster = cluster ?? file.cluster
    merged.taskDefinition = taskDefinition ?? file.taskDefinition
    merged.container = container ?? file.container
    if !subnets.isEmpty { merged.subnets = subnets }
    if !securityGroups.isEmpty { merged.securityGroups = securityGroups }
    merged.assignPublicIP = assignPublicIP ?? file.assignPublicIP
    merged.platformVersion = platformVersion ?? file.platformVersion
    // A pair: half of each would be what nobody asked for.
    if cpu != nil || memory != nil { (merged.cpu, merged.memory) = (cpu, memory) }
    if !secrets.isEmpty { merged.secrets = secrets }
    return merged
  }
}

/// What one text has to be like, wherever it stands.
struct ECSRule: Sendable {
  let expected: String
  let holds: @Sendable (String) -> Bool

  static let cluster = ECSRule(expected: "a cluster's name or ARN, as load") {
    isName($0, "-_", most: 255) || isARN($0)
  }
  static let taskDefinition = ECSRule(expected: "family, family:revision or an ARN, as k6-shard:7") {
    if isARN($0) { return true }
    let parts = $0.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return isName(String(parts[0]), "-_", most: 255) && (parts.count == 1 || (Int(parts[1]) ?? 0) > 0)
  }
  static let container = ECSRule(expected: "the container's name in the task definition, as shard") {
    isName($0, "-_", most: 255)
  }
  static let subnet = ECSRule(expected: "a subnet's id, as subnet-0a1b2c3d") {
    $0.hasPrefix("subnet-") && isName(String($0.dropFirst(7)), "", most: 32)
  }
  static let securityGroup = ECSRule(expected: "a security group's id, as sg-0a1b2c3d") {
    $0.hasPrefix("sg-") && isName(String($0.dropFirst(3)), "", most: 32)
  }
  static let launchType = ECSRule(expected: "FARGATE; for Spot name capacity_providers instead") {
    $0 == "FARGATE"
  }
  static let provider = ECSRule(expected: "FARGATE or FARGATE_SPOT") {
    $0 == "FARGATE" || $0 == "FARGATE_SPOT"
  }
  static let platformVersion = ECSRule(expected: "LATEST or a version, as 1.4.0") {
    $0 == "LATEST" || isName($0, ".", most: 20)
  }
  static let cpu = ECSRule(expected: "CPU units that Fargate has: \(FargateSize.allCPUs)") {
    Int($0).map { FargateSize.memory[$0] != nil } ?? false
  }
  static let memory = ECSRule(expected: "MiB from 512 to 122880, as 4096") {
    Int($0).map { (512...122_880).contains($0) } ?? false
  }
  /// As AWS has it for tags of ECS.
  static let tagKey = ECSRule(
    expected: "1 to 128 letters, digits, spaces or +-=._:/@, not beginning with aws:"
  ) {
    !$0.isEmpty && $0.count <= 128 && !$0.lowercased().hasPrefix("aws:") && isTagText($0)
  }
  static let tagValue = ECSRule(expected: "up to 256 letters, digits, spaces or +-=._:/@") {
    $0.count <= 256 && isTagText($0)
  }
  /// Several go into one variable, with commas between them.
  static let secret = ECSRule(
    expected: "a secret's name or ARN, id#key or NAME=id#key, without commas or spaces"
  ) {
    !$0.isEmpty && !$0.contains { $0 == "," || $0.isWhitespace }
  }

  private static func isName(_ text: String, _ more: String, most: Int) -> Bool {
    (1...most).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || more.contains($0)) }
  }

  private static func isARN(_ text: String) -> Bool {
    text.hasPrefix("arn:") && text.utf8.count <= 512 && text.allSatisfy { $0.isASCII && !$0.isWhitespace }
      && text.split(separator: ":", omittingEmptySubsequences: false).count >= 6
  }

  private static func isTagText(_ text: String) -> Bool {
    text.allSatisfy { $0.isLetter || $0.isNumber || " +-=._:/@".contains($0) }
  }
}

/// What sizes a task of Fargate may have: MiB of memory by CPU units (ECS's documentation of task definitions).
enum FargateSize {
  static let memory: [Int: [Int]] = [
    256: [512, 1024, 2048], 512: Array(stride(from: 1024, through: 4096, by: 1024)),
    1024: Array(stride(from: 2048, through: 8192, by: 1024)),
    2048: Array(stride(from: 4096, through: 16_384, by: 1024)),
    4096: Array(stride(from: 8192, through: 30_720, by: 1024)),
    8192: Array(stride(from: 16_384, through: 61_440, by: 4096)),
    16_384: Array(stride(from: 32_768, through: 122_880, by: 8192)),
  ]
  static let allCPUs = memory.keys.sorted().map(String.init).joined(separator: ", ")
}
