import Foundation
import TestSupport

/// A task's way through its states, and its process or container in the middle of them.
extension ECSState {
  func live(_ id: String) async {
    guard await prepare(id), await launch(id) else { return await deprovision(id) }
    guard await run(id) else { return }
    await halt(id)
    await deprovision(id)
  }

  /// PROVISIONING, PENDING and ACTIVATING: the network interface and the image.
  /// - Returns: whether the container may be started.
  private func prepare(_ id: String) async -> Bool {
    for next in ["PENDING", "ACTIVATING", "RUNNING"] {
      guard await stays(id), let task = tasks[id] else { return false }
      if let (kind, code) = startFailure(task) {
        faults.count(kind, shard: task.shard, launch: task.launch)
        return failToStart(id, code)
      }
      if task.lastStatus == "PENDING" { tasks[id]?.pullStoppedAt = now }
      if next == "RUNNING" { return true }
      if next == "PENDING" { tasks[id]?.pullStartedAt = now }
      tasks[id]?.move(to: next)
    }
    return false
  }

  /// For a state's time, and for good if a fault says so.
  /// - Returns: whether nobody stopped the task meanwhile.
  private func stays(_ id: String) async -> Bool {
    await pause(settings.stateDelay)
    guard let task = tasks[id] else { return false }
    if let fault = faults.fault(.neverStarts, shard: task.shard, launch: task.launch),
      fault.text("state") == task.lastStatus
    {
      faults.count(.neverStarts, shard: task.shard, launch: task.launch)
      while tasks[id]?.stop == nil { await pause(tick) }
    }
    guard let stop = tasks[id]?.stop else { return true }
    while now < stop.notBefore { await pause(tick) }
    return false
  }

  /// What keeps a task in its present state from starting, in Fargate's words.
  private func startFailure(_ task: ECSTask) -> (FaultKind, String)? {
    func told(_ kind: FaultKind, _ usual: String) -> (FaultKind, String)? {
      faults.fault(kind, shard: task.shard, launch: task.launch).map { (kind, $0.text("reason") ?? usual) }
    }
    if task.lastStatus == "PROVISIONING" {
      return told(
        .resourceInitialization,
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
          + "unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request "
          + "failed caused by: Post \"https://api.ecr.\(settings.region).amazonaws.com/\": dial tcp: i/o timeout"
      )
    }
    guard task.lastStatus == "PENDING" else { return nil }
    let image = task.definition.container["image"]?.string ?? ""
    return told(
      .cannotPull,
      "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \(image): "
        + "\(image): not found")
  }

  private func failToStart(_ id: String, _ reason: String) -> Bool {
    requestStop(id, code: "TaskFailedToStart", reason: reason)
    tasks[id]?.containerReason = reason
    return false
  }

  /// RUNNING: starts the process or the container.
  private func launch(_ id: String) async -> Bool {
    guard let task = tasks[id] else { return false }
    do {
      tasks[id]?.body = try await start(task)
      tasks[id]?.startedAt = now
      tasks[id]?.containerStatus = "RUNNING"
      tasks[id]?.move(to: "RUNNING")
      return true
    } catch let error as StartFailure {
      return failToStart(id, error.reason)
    } catch {
      return failToStart(id, "\((error as? ECSError)?.message ?? "\(error)")")
    }
  }

  private func start(_ task: ECSTask) async throws -> any TaskBody {
    let start = try containerStart(task)
    let (output, errors) = ("\(settings.logs)/\(task.id).out", "\(settings.logs)/\(task.id).err")
    guard let docker = settings.docker else {
      return try bodies.add {
        try TaskProcess(start, marker: "/v4/\(task.endpointID)", output: output, errors: errors)
      }
    }
    let request = ContainerRequest(task: task, environment: start.environment, network: docker.network)
    let container = try bodies.add {
      TaskContainer(request, engine: docker.engine, output: output, errors: errors)
    }
    try await container.start()
    return container
  }

  /// Until the process ends or somebody stops the task.
  /// - Returns: whether the task is still known.
  private func run(_ id: String) async -> Bool {
    while let task = tasks[id], let body = task.body, body.exitCode == nil {
      if let stop = task.stop, now >= stop.notBefore { return true }
      if task.stop == nil, let fault = dueMoment(task) { happen(fault, id) }
      if tasks[id]?.isGone == true { return false }
      // With a hundred tasks every look costs the agents their processor.
      await pause(settings.runningLook)
    }
    return true
  }

  private func dueMoment(_ task: ECSTask) -> Fault? {
    faults.moments(shard: task.shard, launch: task.launch).first { fault in
      if fault.kind == .spotInterruption, !task.isOnSpot {
        faults.note(fault.kind, shard: task.shard, launch: task.launch, "\(task.arn) is not on FARGATE_SPOT")
        return false
      }
      if let file = fault.whenFile { return FileManager.default.fileExists(atPath: file) }
      return now - (task.startedAt ?? now) >= Double(fault.afterMilliseconds ?? 0) / 1000
    }
  }

  private func happen(_ fault: Fault, _ id: String) {
    guard let task = tasks[id] else { return }
    faults.count(fault.kind, shard: task.shard, launch: task.launch)
    func stop(_ code: String, _ usual: String) {
      requestStop(id, code: code, reason: fault.text("reason") ?? usual)
    }
    switch fault.kind {
    case .outOfMemory:
      tasks[id]?.containerReason = "OutOfMemoryError: Container killed due to memory usage"
      task.body?.killAll()
      requestStop(id, code: "EssentialContainerExited", reason: "Essential container in task exited")
    case .spotInterruption: stop("SpotInterruption", "Your Spot Task was interrupted.")
    case .terminationNotice: stop("TerminationNotice", "Task stopped due to host retirement.")
    case .infrastructureHealth:
      stop("InfrastructureHealth", "The infrastructure of the task was found unhealthy.")
    case .lost:
      task.body?.killAll()
      tasks[id]?.isGone = true
    default: stop("UserInitiated", "Task stopped by user")
    }
  }

  /// DEACTIVATING and STOPPING: SIGTERM, and SIGKILL to all that is left after the container's stop timeout.
  private func halt(_ id: String) async {
    guard let task = tasks[id], let body = task.body else { return }
    requestStop(id, code: "EssentialContainerExited", reason: "Essential container in task exited")
    tasks[id]?.move(to: "DEACTIVATING")
    await pause(settings.stateDelay)
    tasks[id]?.move(to: "STOPPING")
    body.terminate()
    let deadline = now + task.definition.stopTimeout
    while body.exitCode == nil, now < deadline { await pause(tick) }
    if body.exitCode == nil { body.killAll() }
    while body.exitCode == nil { await pause(tick) }
    tasks[id]?.exitCode = body.exitCode.map(Int.init)
    if let reason = body.endReason { tasks[id]?.containerReason = reason }
  }

  /// DEPROVISIONING and STOPPED: the container is gone, and then its network interface.
  private func deprovision(_ id: String) async {
    tasks[id]?.containerStatus = "STOPPED"
    tasks[id]?.executionStoppedAt = now
    tasks[id]?.move(to: "DEPROVISIONING")
    await pause(settings.stateDelay)
    tasks[id]?.stoppedAt = now
    tasks[id]?.move(to: "STOPPED")
    guard let task = tasks[id], let fault = faults.fault(.agedOut, shard: task.shard, launch: task.launch)
    else { return }
    await pause(.milliseconds(fault.milliseconds))
    faults.count(.agedOut, shard: task.shard, launch: task.launch)
    tasks[id]?.isGone = true
  }

  private var tick: Duration { .milliseconds(10) }

  private func pause(_ duration: Duration) async { try? await Task.sleep(for: duration) }
}
