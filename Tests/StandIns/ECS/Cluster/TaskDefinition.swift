import TestSupport

/// A revision of a task definition: one container on Fargate, as the stand-in can carry it out.
struct TaskDefinition: Sendable {
  let family: String
  let revision: Int
  let arn: String
  /// RegisterTaskDefinition's request.
  let request: JSON
  let registeredAt: Double

  var container: JSON { request["containerDefinitions"]?.array?.first ?? [:] }
  var containerName: String { container["name"]?.string ?? "" }
  var cpu: String { request["cpu"]?.string ?? "" }
  var memory: String { request["memory"]?.string ?? "" }
  var taskRole: String? { request["taskRoleArn"]?.string }
  var executionRole: String? { request["executionRoleArn"]?.string }
  /// ECS's own default is 30 s.
  var stopTimeout: Double { container["stopTimeout"]?.number ?? 30 }

  /// - Parameter request: has RegisterTaskDefinition's shape.
  /// - Throws: ``ECSError``.
  init(_ request: JSON, revision: Int, arnPrefix: String, now: Double) throws {
    let family = request["family"]?.string ?? ""
    guard family.wholeMatch(of: #/[A-Za-z0-9_-]{1,255}/#) != nil else {
      throw ECSError.client("Invalid family: up to 255 letters, digits, hyphens and underscores are allowed.")
    }
    self.family = family
    self.revision = revision
    arn = "\(arnPrefix):task-definition/\(family):\(revision)"
    self.request = request
    registeredAt = now
    try checkFargate()
    try checkContainer()
    try checkTags(request["tags"])
  }

  private func checkFargate() throws {
    guard request["requiresCompatibilities"]?.strings?.contains("FARGATE") == true else {
      throw ECSError.client("the stand-in knows FARGATE alone: requiresCompatibilities must have it")
    }
    guard request["networkMode"]?.string == "awsvpc" else {
      throw ECSError.client("Fargate only supports network mode 'awsvpc'.")
    }
    guard let cpu = Int(cpu), let memory = Int(memory) else {
      throw ECSError.client("Fargate requires that 'cpu' and 'memory' be defined at the task level.")
    }
    guard Self.isFargateSize(cpu: cpu, memory: memory) else {
      throw ECSError.client("No Fargate configuration exists for given values: \(cpu) CPU, \(memory) memory.")
    }
  }

  /// CPU units, and MiB.
  static func isFargateSize(cpu: Int, memory: Int) -> Bool {
    func steps(_ range: ClosedRange<Int>, of step: Int) -> Bool {
      range.contains(memory) && memory.isMultiple(of: step)
    }
    return switch cpu {
    case 256: [512, 1024, 2048].contains(memory)
    case 512: steps(1024...4096, of: 1024)
    case 1024: steps(2048...8192, of: 1024)
    case 2048: steps(4096...16_384, of: 1024)
    case 4096: steps(8192...30_720, of: 1024)
    case 8192: steps(16_384...61_440, of: 4096)
    case 16_384: steps(32_768...122_880, of: 8192)
    default: false
    }
  }

  private func checkContainer() throws {
    guard let containers = request["containerDefinitions"]?.array, containers.count == 1 else {
      throw ECSError.client("the stand-in runs one container a task; containerDefinitions must have one")
    }
    for name in ["name", "image"] where (container[name]?.string ?? "").isEmpty {
      throw ECSError.client("Container.\(name) should not be null or empty.")
    }
    guard container["essential"]?.bool != false else {
      throw ECSError.client("Invalid 'essential' setting: at least one container must be essential.")
    }
    for name in [
      "environmentFiles", "dependsOn", "restartPolicy", "firelensConfiguration",
      "workingDirectory",
    ]
    where container[name] != nil {
      throw ECSError.client("the stand-in does not carry out '\(name)' of a container")
    }
    let logs = container["logConfiguration"]
    if logs?["logDriver"]?.string == "awslogs" {
      guard executionRole != nil else {
        throw ECSError.client(
          "Fargate requires task definition to have execution role ARN to support log driver awslogs.")
      }
      for option in ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"]
      where logs?["options"]?[option] == nil {
        throw ECSError.client(
          "Log driver awslogs requires options: awslogs-group, awslogs-region, awslogs-stream-prefix")
      }
    }
    if container["secrets"] != nil, executionRole == nil {
      throw ECSError.client("Fargate requires task definition to have execution role ARN to support secrets.")
    }
  }

  /// As RegisterTaskDefinition and DescribeTaskDefinition give it.
  var json: JSON {
    var members = request.object ?? [:]
    members["tags"] = nil
    for (name, value) in [
      "taskDefinitionArn": .string(arn), "revision": .number(Double(revision)), "status": "ACTIVE",
      "registeredAt": .number(registeredAt), "compatibilities": ["EC2", "FARGATE"],
      "volumes": request["volumes"] ?? [], "placementConstraints": request["placementConstraints"] ?? [],
    ] as [String: JSON] {
      members[name] = value
    }
    return .object(members)
  }
}

/// Rules for the tags of anything.
func checkTags(_ tags: JSON?) throws {
  let pairs = tags?.array ?? []
  guard pairs.count <= 50 else { throw ECSError.invalidParameter("Tags can not be more than 50 elements.") }
  var keys: Set<String> = []
  for pair in pairs {
    let (key, value) = (pair["key"]?.string ?? "", pair["value"]?.string ?? "")
    let allowed = #/[\p{L}\p{Z}\p{N}_.:\/=+\-@]*/#
    guard (1...128).contains(key.count), value.count <= 256, key.wholeMatch(of: allowed) != nil,
      value.wholeMatch(of: allowed) != nil
    else {
      throw ECSError.invalidParameter(
        "Tag '\(key)': a key has 1 to 128 and a value up to 256 letters, digits, spaces and _.:/=+-@")
    }
    guard !key.lowercased().hasPrefix("aws:") else {
      throw ECSError.invalidParameter("Tag keys starting with 'aws:' are reserved for system use.")
    }
    guard keys.insert(key).inserted else {
      throw ECSError.invalidParameter("Duplicate tag keys found: '\(key)'.")
    }
  }
}
