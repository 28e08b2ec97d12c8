import TestSupport

/// What Docker is asked for a task's container: what Fargate makes of the task definition and of RunTask's overrides.
struct ContainerRequest {
  /// On the containers of a stand-in, with its network's name: who it was that started them.
  static let label = "k6-grid.task"

  let task: ECSTask
  /// All of it: of the definition, of RunTask, and what Fargate sets.
  let environment: [String: String]
  let network: String

  private var container: JSON { task.definition.container }

  var json: JSON {
    JSON([
      "Image": container["image"],
      // Without them the image's own stand.
      "Entrypoint": container["entryPoint"],
      "Cmd": task.containerOverride?["command"] ?? container["command"],
      "Env": .array(environment.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") }),
      "User": container["user"], "StopTimeout": .number(task.definition.stopTimeout),
      "Labels": [Self.label: .string(network)], "Healthcheck": healthCheck,
      "Volumes": volumes, "HostConfig": hostConfig,
    ])
  }

  private var hostConfig: JSON {
    let overrides = task.request["overrides"]
    // CPU units, 1024 of them a CPU, and MiB.
    let cpu = Double(overrides?["cpu"]?.string ?? task.definition.cpu) ?? 0
    let memory = (Double(overrides?["memory"]?.string ?? task.definition.memory) ?? 0) * 1_048_576
    let linux = container["linuxParameters"]
    return JSON([
      "NanoCpus": .number(cpu / 1024 * 1e9), "Memory": .number(memory),
      // There is no swap on Fargate.
      "MemorySwap": .number(memory), "NetworkMode": .string(network),
      "ReadonlyRootfs": container["readonlyRootFilesystem"] ?? false,
      "Init": linux?["initProcessEnabled"] ?? false, "CapDrop": linux?["capabilities"]?["drop"],
      "Ulimits": .array(limits),
    ])
  }

  /// Fargate's own limit of open files, 65535, is left out: an engine that is in a container itself may not raise its own.
  private var limits: [JSON] {
    (container["ulimits"]?.array ?? []).map {
      JSON(["Name": $0["name"], "Soft": $0["softLimit"], "Hard": $0["hardLimit"]])
    }
  }

  /// A task's volumes are empty, or hold what the image has at that place; they go with the task.
  private var volumes: JSON? {
    let paths = (container["mountPoints"]?.array ?? []).compactMap { $0["containerPath"]?.string }
    return paths.isEmpty ? nil : .object(Dictionary(paths.map { ($0, [:]) }) { $1 })
  }

  private var healthCheck: JSON? {
    guard let check = container["healthCheck"] else { return nil }
    func nanoseconds(_ name: String, _ usual: Double) -> JSON {
      .number((check[name]?.number ?? usual) * 1e9)
    }
    return [
      "Test": check["command"] ?? [], "Interval": nanoseconds("interval", 30),
      "Timeout": nanoseconds("timeout", 5), "Retries": check["retries"] ?? 3,
      "StartPeriod": nanoseconds("startPeriod", 0),
    ]
  }
}
