import Shared

/// What has to be so of a task definition and its container before a task of it can be a shard.
struct DoctorTaskDefinition: Sendable {
  let options: ECSOptions
  let asked: Asked<ECSTaskDefinition>
  let region: String

  var findings: [DoctorFinding] {
    [definition, container, fargate, size, stopTimeout, logMode]
  }

  /// What the checks of one container look at.
  var askedContainer: Asked<ECSTaskDefinition.Container> {
    asked.map { $0.container(options.container).map(Asked.answer) ?? .missing }
  }

  private var definition: DoctorFinding {
    let absent = DoctorFinding.fault(
      .taskDefinition, "there is no task definition \(options.taskDefinition) in \(region)",
      do: "register it (docs/aws.md), or name another: ecs.task_definition")
    return asked.finding(.taskDefinition, missing: absent) { definition in
      guard definition.status == "ACTIVE" else {
        return .fault(
          .taskDefinition, "\(definition.name) is \(definition.status ?? "in no state"), and runs no task",
          do: "register it anew, or name a revision that is ACTIVE: ecs.task_definition")
      }
      return .ok(.taskDefinition, "\(definition.name) is ACTIVE")
    }
  }

  private var container: DoctorFinding {
    asked.finding(.container) { definition in
      let names = (definition.containerDefinitions ?? []).compactMap(\.name)
      guard names.contains(options.container) else {
        return .fault(
          .container,
          "\(definition.name) has no container '\(options.container)', but \(names.joined(separator: ", "))",
          do: "name the agent's container: ecs.container")
      }
      return .ok(.container, "\(definition.name) has the container '\(options.container)'")
    }
  }

  private var fargate: DoctorFinding {
    asked.finding(.fargate) { definition in
      var wrong: [String] = []
      if definition.networkMode != "awsvpc" {
        wrong.append("networkMode is \(definition.networkMode ?? "not set"), and Fargate has awsvpc alone")
      }
      if !(definition.requiresCompatibilities ?? []).contains("FARGATE") {
        wrong.append("requiresCompatibilities does not have FARGATE")
      }
      guard wrong.isEmpty else {
        return .fault(
          .fargate, wrong.joined(separator: "; "),
          do: "register it with networkMode awsvpc and requiresCompatibilities FARGATE")
      }
      return .ok(.fargate, "it is one for Fargate, with a network interface of its own (awsvpc)")
    }
  }

  private var size: DoctorFinding {
    asked.finding(.size) { definition in
      let (cpu, memory) = (options.cpu ?? definition.cpu, options.memory ?? definition.memory)
      guard let cpu, let memory, let units = Int(cpu), let mebibytes = Int(memory) else {
        return .fault(
          .size, "neither the task definition nor the configuration says how much CPU and memory a task has",
          do: "set cpu and memory in the task definition, or ecs.cpu and ecs.memory")
      }
      guard let sizes = FargateSize.memory[units] else {
        return .fault(
          .size, "Fargate has no task of \(cpu) CPU units",
          do: "take one of \(FargateSize.allCPUs)")
      }
      guard sizes.contains(mebibytes) else {
        return .fault(
          .size, "Fargate has no task of \(cpu) CPU units with \(memory) MiB",
          do: "take one of \(sizes.map(String.init).joined(separator: ", ")) MiB")
      }
      return .ok(.size, "\(cpu) CPU units and \(memory) MiB a task")
    }
  }

  private var stopTimeout: DoctorFinding {
    askedContainer.finding(.stopTimeout) { container in
      let seconds = container.stopTimeout ?? 30
      guard seconds >= 120 else {
        return .warning(
          .stopTimeout, "a task that is told to stop is killed after \(seconds) s",
          do: "set stopTimeout: 120, so that k6 and the agent have the time to hand in")
      }
      return .ok(.stopTimeout, "\(seconds) s from being told to stop to being killed")
    }
  }

  private var logMode: DoctorFinding {
    askedContainer.finding(.logMode) { container in
      guard let log = container.logConfiguration else {
        return .warning(
          .logMode, "the container has no logConfiguration: its log and its live metrics go nowhere",
          do: "give it the driver awslogs (docs/live-metrics.md)")
      }
      guard log.logDriver == "awslogs" else {
        return .notChecked(.logMode, "the log driver is \(log.logDriver ?? "not set"), not awslogs")
      }
      let options = log.options ?? [:]
      if options["awslogs-stream-prefix"]?.isEmpty ?? true {
        return .fault(
          .logMode, "awslogs-stream-prefix is not set, and Fargate starts no task without it",
          do: "set awslogs-stream-prefix, as shard")
      }
      switch options["mode"] {
      case "non-blocking" where options["max-buffer-size"] == nil:
        return .warning(
          .logMode, "mode is non-blocking with ECS's own buffer size, of which a full one drops lines",
          do: "set max-buffer-size: 25m")
      case "non-blocking", "blocking": return .ok(.logMode, "mode is \(options["mode"] ?? "")")
      default:
        return .warning(
          .logMode, "mode is not set: by default a full buffer drops lines without a word",
          do: "set mode: non-blocking and max-buffer-size: 25m")
      }
    }
  }
}
