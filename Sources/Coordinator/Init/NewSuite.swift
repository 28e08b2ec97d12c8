import Shared

/// What `coordinator init` was told of a suite that is to be.
struct NewSuite: Sendable, Equatable {
  var name: String
  /// What the sample script requests.
  var address: String
  var shards = "3"
  /// `nil` for `./out`.
  var store: String?
  /// How long the sample loads, as `1m`.
  var length = "1m"
  var ecs = ECSSettings()

  struct File: Sendable, Equatable {
    /// From the repository's root.
    let path: String
    let text: String
  }

  var script: String { "load/\(name).js" }

  /// - Throws: ``UsageError`` for what makes no suite.
  func checked() throws -> NewSuite {
    guard isSuiteName(name) else {
      throw UsageError("--suite is '\(name)': expected letters, digits, - _ and ., as checkout")
    }
    guard PageText.webAddress(address) != nil else {
      throw UsageError("--base-url is '\(address)': expected an address, as https://staging.example.com/")
    }
    _ = try ShardCount.flag(shards)
    _ = try RunOptions.duration(length, "--duration", 1...86_400)
    do { _ = try store.map { try StoreLocation($0) } } catch { throw UsageError("\(error) (--store)") }
    // As the file will be read.
    let file = try GridConfiguration(yaml: configuration, name: "grid.yml")
    _ = try ECSOptions(file.ecs)
    return self
  }

  var files: [File] {
    [
      File(path: "grid.yml", text: configuration), File(path: "grid.schema.json", text: GridSchema.text),
      File(path: script, text: NewSuiteText.script(length: length)),
      File(path: ".github/workflows/nightly.yml", text: NewSuiteText.workflow(suite: name)),
    ]
  }

  /// A name for a folder's suite, of what letters it has.
  static func name(of folder: String) -> String {
    let last = folder.split(separator: "/").last.map(String.init) ?? ""
    let name = last.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    return isSuiteName(name) && !name.hasPrefix(".") ? name : "nightly"
  }
}

extension NewSuite {
  /// `grid.yml`. Texts are quoted as JSON's are, which YAML reads alike.
  private var configuration: String {
    let kept =
      store.map { "store: \(quoted($0))" }
      ?? "# Where everything is kept; without it ./out. Shards on ECS need a bucket.\n# store: s3://my-load-tests/\(name)"
    return """
      # yaml-language-server: $schema=./grid.schema.json
      # A load test over several shards; docs/reference.md of k6-grid has every name.
      #   coordinator run --local --config grid.yml     on this machine
      #   coordinator doctor --config grid.yml          what would make a run fail
      suite: \(quoted(name))
      shards: \(shards)
      script: \(quoted(script))
      \(kept)
      env:
        BASE_URL: \(quoted(address))
      thresholds:
        http_req_duration: ["p(95)<800"]
        http_req_failed: ["rate<0.01"]
      \(ecsSection)

      """
  }

  private var ecsSection: String {
    guard let cluster = ecs.cluster else {
      return """
        # Every shard a task of Fargate:
        # ecs:
        #   cluster: load
        #   task_definition: k6-shard
        #   subnets: [subnet-0a1b2c3d]
        """
    }
    var lines = ["ecs:", "  cluster: \(quoted(cluster))"]
    if let definition = ecs.taskDefinition { lines.append("  task_definition: \(quoted(definition))") }
    if let container = ecs.container { lines.append("  container: \(quoted(container))") }
    for (key, values) in [
      ("subnets", ecs.subnets), ("security_groups", ecs.securityGroups), ("secrets", ecs.secrets),
    ] where !values.isEmpty {
      lines.append("  \(key): [\(values.map(quoted).joined(separator: ", "))]")
    }
    if let isPublic = ecs.assignPublicIP { lines.append("  assign_public_ip: \(isPublic)") }
    for (key, value) in [
      ("platform_version", ecs.platformVersion), ("cpu", ecs.cpu), ("memory", ecs.memory),
    ] {
      if let value { lines.append("  \(key): \(quoted(value))") }
    }
    return lines.joined(separator: "\n")
  }

  private func quoted(_ text: String) -> String {
    "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
