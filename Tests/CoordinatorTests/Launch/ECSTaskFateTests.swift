import Shared
import Testing

@testable import Coordinator

@Suite struct ECSTaskFateTests {
  struct Ending: Sendable {
    var stopCode: String?
    var reason: String?
    var exitCode: Int?
    var containerReason: String?
    /// Why this coordinator had told it to stop.
    var ours: String?
    let words: String
    var mayRelaunch = false
  }

  static let endings = [
    Ending(
      stopCode: "TaskFailedToStart",
      reason: "CannotPullContainerError: pull image manifest has been retried 5 time(s)",
      words:
        "could not be started: CannotPullContainerError: pull image manifest has been retried 5 time(s): look whether the image is there",
      mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart",
      reason:
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed",
      words: "secretsmanager:GetSecretValue", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart",
      reason:
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times",
      words: "logs:CreateLogStream", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart", reason: "ResourceInitializationError: failed to configure ENI",
      words: "the subnets' routes", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart", reason: "Essential container in task exited",
      containerReason: "CannotStartContainerError: exec: no such file or directory",
      words: "must be shard-agent", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart", reason: "ContainerRuntimeTimeoutError: Could not transition to running",
      words: "ContainerRuntimeTimeoutError", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart", reason: "Capacity is unavailable at this time. Please try again later",
      words: "subnets in more zones", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart",
      reason: "Unexpected EC2 error while attempting to Create Network Interface",
      words: "free addresses", mayRelaunch: true),
    Ending(stopCode: "TaskFailedToStart", words: "its task 0a1b could not be started", mayRelaunch: true),
    Ending(
      stopCode: "EssentialContainerExited", reason: "Essential container in task exited", exitCode: 0,
      words: "its agent ended with code 0 (task 0a1b)"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 64, words: "code 64 (task 0a1b): wrong usage"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 69, words: "could not be had"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 70, words: "not whole"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 75, words: "the run had started without it"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 107, words: "code 107 (task 0a1b): k6's own code"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 255, words: "k6's own code"),
    Ending(
      stopCode: "EssentialContainerExited", exitCode: 1, words: "its agent ended with code 1 (task 0a1b)"),
    Ending(
      stopCode: "EssentialContainerExited", exitCode: 137,
      containerReason: "OutOfMemoryError: Container killed due to memory usage",
      words: "ran out of memory: OutOfMemoryError: Container killed due to memory usage: give it more"),
    Ending(
      stopCode: "OutOfMemoryError", reason: "OutOfMemoryError: Container killed due to memory usage",
      exitCode: 137,
      words: "--lean"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 137, words: "within its stopTimeout"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 139, words: "it crashed (signal 11)"),
    Ending(stopCode: "EssentialContainerExited", exitCode: 143, words: "told to stop (SIGTERM)"),
    Ending(stopCode: "EssentialContainerExited", words: "ended without an exit code", mayRelaunch: true),
    Ending(
      stopCode: "UserInitiated", reason: "k6-grid: the run was cancelled", exitCode: 105,
      ours: "the run was cancelled",
      words: "its task 0a1b was told to stop (the run was cancelled), and its agent ended with code 105"),
    Ending(
      stopCode: "UserInitiated", reason: "k6-grid: by hand",
      words: "its task 0a1b was told to stop (by hand)"),
    Ending(
      stopCode: "UserInitiated", reason: "Task stopped by user",
      words: "its task 0a1b was stopped by somebody: Task stopped by user"),
    Ending(
      stopCode: "SpotInterruption", reason: "Your Spot Task was interrupted.", exitCode: 105,
      words: "its task 0a1b was reclaimed by AWS (Fargate Spot): Your Spot Task was interrupted.",
      mayRelaunch: true),
    Ending(
      stopCode: "TerminationNotice", reason: "Your Spot Task was interrupted.",
      words: "reclaimed by AWS (Fargate Spot)",
      mayRelaunch: true),
    Ending(
      stopCode: "TerminationNotice", reason: "retired", words: "ended by AWS (TerminationNotice): retired",
      mayRelaunch: true),
    Ending(stopCode: "InfrastructureHealth", words: "its host's health", mayRelaunch: true),
    Ending(stopCode: "ServiceSchedulerInitiated", reason: "x", words: "a service's scheduler: x"),
    Ending(stopCode: "SomethingNew", reason: "y", words: "was ended (SomethingNew): y", mayRelaunch: true),
    Ending(stopCode: "SomethingNew", exitCode: 69, words: "code 69"),
    Ending(exitCode: 0, words: "code 0"), Ending(words: "ended without an exit code", mayRelaunch: true),
    Ending(
      stopCode: "TaskFailedToStart", reason: "a\nb\u{1b}", words: "could not be started: a b ",
      mayRelaunch: true),
  ]

  @Test(arguments: endings) func `every ending is a sentence for who is on call`(ending: Ending) throws {
    let task = ECSTask(
      taskArn: "arn:aws:ecs:eu-west-1:1:task/load/0a1b", lastStatus: "STOPPED", stopCode: ending.stopCode,
      stoppedReason: ending.reason,
      containers: [
        .init(name: "proxy", lastStatus: "STOPPED", exitCode: 3),
        .init(
          name: "shard", lastStatus: "STOPPED", exitCode: ending.exitCode, reason: ending.containerReason),
      ])
    let fate = try #require(ECSTaskFate(task, container: "shard").shardFate(stopReason: ending.ours))
    #expect(fate.sentence.contains(ending.words), "\(fate.sentence)")
    #expect(fate.mayRelaunch == ending.mayRelaunch, "\(fate.sentence)")
    #expect(fate.sentence.hasPrefix("its ") && !fate.sentence.contains { $0.isNewline || $0 == "\u{1b}" })
  }

  @Test(
    arguments: [
      ("RUNNING", "RUNNING", nil, false), ("PENDING", nil, nil, false),
      ("DEACTIVATING", "RUNNING", nil, false),
      // moto answers 0 for containers that run.
      ("RUNNING", "PENDING", 0, false), ("DEPROVISIONING", "STOPPED", 0, true),
      ("DEPROVISIONING", "STOPPED", nil, false),
      ("STOPPED", nil, nil, true), ("DELETED", "STOPPED", 1, true), ("NEW", "NEW", 0, false),
    ] as [(String, String?, Int?, Bool)])
  func `an exit code counts once its container has stopped`(
    task: String, container: String?, code: Int?, hasEnded: Bool
  ) {
    let task = ECSTask(
      taskArn: "a", lastStatus: task,
      containers: [.init(name: "shard", lastStatus: container, exitCode: code)])
    let fate = ECSTaskFate(task, container: "shard")
    #expect(fate.hasEnded == hasEnded && (fate.shardFate(stopReason: nil) != nil) == hasEnded)
  }

  @Test func `a task without containers can have ended`() {
    #expect(ECSTaskFate(ECSTask(lastStatus: "STOPPED"), container: "shard").shardFate(stopReason: nil) != nil)
    #expect(ECSTaskFate(ECSTask(), container: "shard").shardFate(stopReason: nil) == nil)
  }
}
