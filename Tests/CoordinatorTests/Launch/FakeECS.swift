import Shared
import Synchronization

@testable import Coordinator

/// An ECS of the test's own, behind the launcher's four calls. Tasks run until they are stopped; a token that it knows brings
/// the task that it brought before.
final class FakeECS: Sendable {
  struct Book {
    var runs: [ECSRunTask] = []
    var runTimes: [Double] = []
    var stops: [ECSStopTask] = []
    var describes: [ECSDescribeTasks] = []
    var lists: [ECSListTasks] = []
    var tasks: [String: ECSTask] = [:]
    var tokens: [String: String] = [:]
    var startedBy: [String: String] = [:]
  }

  let book = Mutex(Book())
  let clock: ManualClock
  /// Each may answer, throw, or leave it to the usual way. The number says which call of its kind it is, from 1.
  let onRun: @Sendable (ECSRunTask, Int) async throws -> ECSTasks?
  let onDescribe: @Sendable (ECSDescribeTasks, Int) async throws -> ECSTasks?
  let onStop: @Sendable (ECSStopTask, Int) async throws -> Bool
  let onList: @Sendable (ECSListTasks, Int) async throws -> ECSTaskList?

  init(
    _ clock: ManualClock,
    onRun: @escaping @Sendable (ECSRunTask, Int) async throws -> ECSTasks? = { _, _ in nil },
    onDescribe: @escaping @Sendable (ECSDescribeTasks, Int) async throws -> ECSTasks? = { _, _ in nil },
    onStop: @escaping @Sendable (ECSStopTask, Int) async throws -> Bool = { _, _ in true },
    onList: @escaping @Sendable (ECSListTasks, Int) async throws -> ECSTaskList? = { _, _ in nil }
  ) {
    (self.clock, self.onRun, self.onDescribe) = (clock, onRun, onDescribe)
    (self.onStop, self.onList) = (onStop, onList)
  }

  var api: ECSAPI {
    ECSAPI(
      runTask: { try await self.run($0) }, describeTasks: { try await self.describe($0) },
      stopTask: { try await self.stop($0) }, listTasks: { try await self.list($0) })
  }

  var runs: [ECSRunTask] { book.withLock(\.runs) }
  /// The tasks that were told to stop, by the last part of their ARNs.
  var stopped: [String] { book.withLock { $0.stops.map { ecsTaskID($0.task) } } }

  func shard(_ request: ECSRunTask) -> Int { Int(request.overrides.value("K6_SHARD_INDEX") ?? "") ?? -1 }

  private func run(_ request: ECSRunTask) async throws -> ECSTasks {
    let number = book.withLock { book in
      book.runs.append(request)
      book.runTimes.append(clock.seconds)
      return book.runs.count
    }
    clock.touch()
    defer { clock.touch() }
    if let answer = try await onRun(request, number) { return answer }
    return ECSTasks(tasks: [start(request)], failures: [])
  }

  @discardableResult func start(_ request: ECSRunTask) -> ECSTask {
    book.withLock { book in
      if let arn = book.tokens[request.clientToken], let task = book.tasks[arn] { return task }
      let arn = "arn:aws:ecs:eu-west-1:1:task/load/\(shard(request))-\(book.tasks.count)"
      let task = ECSTask(
        taskArn: arn, lastStatus: "RUNNING", desiredStatus: "RUNNING",
        containers: [.init(name: "shard", lastStatus: "RUNNING")], overrides: request.overrides)
      book.tasks[arn] = task
      book.tokens[request.clientToken] = arn
      book.startedBy[arn] = request.startedBy
      return task
    }
  }

  /// A task ends, as the test says.
  func end(_ shard: Int, _ change: @Sendable (inout ECSTask) -> Void) {
    book.withLock { book in
      for (arn, var task) in book.tasks where task.overrides?.value("K6_SHARD_INDEX") == "\(shard)" {
        task.lastStatus = "STOPPED"
        task.desiredStatus = "STOPPED"
        change(&task)
        book.tasks[arn] = task
      }
    }
  }

  private func describe(_ request: ECSDescribeTasks) async throws -> ECSTasks {
    let number = book.withLock { book in
      book.describes.append(request)
      return book.describes.count
    }
    clock.touch()
    defer { clock.touch() }
    if let answer = try await onDescribe(request, number) { return answer }
    return book.withLock { book in
      ECSTasks(
        tasks: request.tasks.compactMap { book.tasks[$0] },
        failures: request.tasks.filter { book.tasks[$0] == nil }.map { .init(arn: $0, reason: "MISSING") })
    }
  }

  private func stop(_ request: ECSStopTask) async throws -> ECSStopTaskAnswer {
    let number = book.withLock { book in
      book.stops.append(request)
      return book.stops.count
    }
    clock.touch()
    defer { clock.touch() }
    if try await onStop(request, number) {
      book.withLock { book in
        book.tasks[request.task]?.lastStatus = "STOPPED"
        book.tasks[request.task]?.desiredStatus = "STOPPED"
        book.tasks[request.task]?.stopCode = "UserInitiated"
        book.tasks[request.task]?.stoppedReason = request.reason
        book.tasks[request.task]?.containers = [.init(name: "shard", lastStatus: "STOPPED", exitCode: 105)]
      }
    }
    return ECSStopTaskAnswer()
  }

  private func list(_ request: ECSListTasks) async throws -> ECSTaskList {
    let number = book.withLock { book in
      book.lists.append(request)
      return book.lists.count
    }
    clock.touch()
    defer { clock.touch() }
    if let answer = try await onList(request, number) { return answer }
    return book.withLock { book in
      ECSTaskList(
        taskArns: book.tasks.values.filter { $0.desiredStatus == "RUNNING" }.compactMap(\.taskArn).filter {
          book.startedBy[$0] == request.startedBy
        }.sorted())
    }
  }
}

extension Samples {
  static func ecs(_ change: (inout ECSSettings) -> Void = { _ in }) throws -> ECSOptions {
    var settings = ECSSettings()
    (settings.cluster, settings.taskDefinition, settings.subnets) = ("load", "k6-shard:7", ["subnet-1"])
    change(&settings)
    return try ECSOptions(settings)!
  }

  static func taskPlan(shards: Int = 1, _ change: (inout ECSSettings) -> Void = { _ in }) throws
    -> ECSTaskPlan
  {
    ECSTaskPlan(
      options: try ecs(change), plan: plan(shards: shards), store: try StoreLocation("s3://bucket/checkout"))
  }

  static func spec(_ index: Int, attempt: Int = 1, _ environment: [String: String] = [:], k6: [String] = [])
    -> ShardSpec
  {
    let own = ["K6_SHARD_INDEX": "\(index)", "GRID_ATTEMPT": "\(attempt)"]
    return ShardSpec(
      index: index, attempt: attempt, environment: environment.merging(own) { $1 }, script: "/app/load.js",
      k6Options: k6)
  }
}
