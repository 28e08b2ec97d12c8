import TestSupport

/// What RunTask refuses beyond the form of its request.
struct RunTaskRules {
  let request: JSON
  let definition: TaskDefinition
  /// The cluster's capacity providers and default strategy.
  let providers: [String]
  let defaultStrategy: [JSON]

  /// - Throws: ``ECSError``.
  func check() throws {
    try checkNames()
    try checkOverrides()
    try checkNetwork()
    try checkTags(request["tags"])
    for name in ["volumeConfigurations", "placementStrategy", "placementConstraints"]
    where !(request[name]?.array ?? []).isEmpty {
      throw ECSError.invalidParameter("\(name) is not supported for tasks on Fargate.")
    }
    if request["propagateTags"]?.string == "SERVICE" {
      throw ECSError.invalidParameter(
        "Invalid value SERVICE for propagateTags: it is not supported by RunTask.")
    }
    if request["enableExecuteCommand"]?.bool == true, definition.taskRole == nil {
      throw ECSError.invalidParameter(
        "The service couldn't be created because a valid taskRoleArn is not being used. "
          + "Specify a valid task role in your task definition and try again.")
    }
  }

  private func checkNames() throws {
    let count = request["count"]?.integer ?? 1
    guard (1...10).contains(count) else {
      throw ECSError.invalidParameter("Count must be between 1 and 10; found \(count).")
    }
    if let startedBy = request["startedBy"]?.string,
      startedBy.wholeMatch(of: #/[A-Za-z0-9_\/-]{0,128}/#) == nil
    {
      throw ECSError.invalidParameter(
        "startedBy: up to 128 letters, digits, hyphens, forward slashes and underscores are allowed; found '\(startedBy)'."
      )
    }
    if let token = request["clientToken"]?.string,
      !(1...64).contains(token.utf8.count) || !token.utf8.allSatisfy({ (33...126).contains($0) })
    {
      throw ECSError.invalidParameter(
        "clientToken must be 1 to 64 characters in the range of 33-126, inclusive.")
    }
    if let version = request["platformVersion"]?.string, !["LATEST", "1.4.0", "1.3.0"].contains(version) {
      throw ECSError(
        code: "PlatformUnknownException", message: "The specified platform '\(version)' does not exist.")
    }
  }

  private func checkOverrides() throws {
    guard let overrides = request["overrides"] else { return }
    // The limit is of characters, JSON's own included.
    guard String(decoding: overrides.text, as: UTF8.self).count <= 8192 else {
      throw ECSError.invalidParameter("Container Overrides length must be at most 8192")
    }
    for container in overrides["containerOverrides"]?.array ?? [] {
      guard let name = container["name"]?.string, !name.isEmpty else {
        throw ECSError.client("Container Override must specify a container name.")
      }
      guard name == definition.containerName else {
        throw ECSError.invalidParameter(
          "Override for container named \(name) is not a container in the TaskDefinition.")
      }
      for pair in container["environment"]?.array ?? [] where (pair["name"]?.string ?? "").isEmpty {
        throw ECSError.client("Environment variable names must not be empty.")
      }
      guard container["environmentFiles"] == nil else {
        throw ECSError.client("the stand-in does not carry out 'environmentFiles'")
      }
    }
    let size = (overrides["cpu"]?.string ?? definition.cpu, overrides["memory"]?.string ?? definition.memory)
    guard let cpu = Int(size.0), let memory = Int(size.1),
      TaskDefinition.isFargateSize(cpu: cpu, memory: memory)
    else { throw ECSError.invalidParameter("No Fargate configuration exists for given values: \(size).") }
  }

  private func checkNetwork() throws {
    guard let network = request["networkConfiguration"]?["awsvpcConfiguration"] else {
      throw ECSError.invalidParameter(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    }
    let subnets = network["subnets"]?.strings ?? []
    guard !subnets.isEmpty else { throw ECSError.invalidParameter("subnets can not be empty.") }
    guard subnets.count <= 16 else { throw ECSError.invalidParameter("subnets can have at most 16 items.") }
    for subnet in subnets where subnet.wholeMatch(of: #/subnet-[0-9a-f]{8,17}/#) == nil {
      throw ECSError.invalidParameter(
        "Error retrieving subnet information for [\(subnet)]: The subnet ID '\(subnet)' does not exist")
    }
    let groups = network["securityGroups"]?.strings ?? []
    guard groups.count <= 5 else {
      throw ECSError.invalidParameter("securityGroups can have at most 5 items.")
    }
    for group in groups where group.wholeMatch(of: #/sg-[0-9a-f]{8,17}/#) == nil {
      throw ECSError.invalidParameter(
        "Error retrieving security group information for [\(group)]: The security group '\(group)' does not exist"
      )
    }
  }

  /// The capacity that the tasks go to: `nil` for the launch type FARGATE.
  func capacityProvider() throws -> String? {
    let launchType = request["launchType"]?.string
    let strategy = request["capacityProviderStrategy"]?.array
    if launchType != nil, strategy != nil {
      throw ECSError.invalidParameter(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
      )
    }
    if launchType == "FARGATE" { return nil }
    let items = strategy ?? (launchType == nil ? defaultStrategy : [])
    guard !items.isEmpty else {
      throw ECSError.invalidParameter("No Container Instances were found in your cluster.")
    }
    return try choose(items)
  }

  private func choose(_ items: [JSON]) throws -> String {
    guard items.count <= 20 else {
      throw ECSError.invalidParameter(
        "A capacity provider strategy can contain a maximum of 20 capacity providers.")
    }
    for item in items where !providers.contains(item["capacityProvider"]?.string ?? "") {
      throw ECSError.invalidParameter(
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the "
          + "cluster. Associate the capacity provider with the cluster and try again.")
    }
    let based = items.filter { ($0["base"]?.integer ?? 0) > 0 }
    guard based.count <= 1 else {
      throw ECSError.invalidParameter(
        "Only one capacity provider in a strategy can have a base value defined.")
    }
    // A weight that is left out is 0, unless the item is the only one.
    func weight(_ item: JSON) -> Int { item["weight"]?.integer ?? (items.count == 1 ? 1 : 0) }
    guard items.contains(where: { weight($0) > 0 }) else {
      throw ECSError.invalidParameter(
        "At least one capacity provider in a strategy must have a weight greater than 0.")
    }
    // A call is for one task as a rule, which goes to the base and otherwise to the greatest weight.
    let chosen = based.first ?? items.max { weight($0) < weight($1) }
    return chosen?["capacityProvider"]?.string ?? ""
  }
}
