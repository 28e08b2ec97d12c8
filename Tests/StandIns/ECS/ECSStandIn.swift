import ArgumentParser
import Dispatch
import Foundation
import Glibc
import TestSupport

/// An ECS to test a launcher against: it speaks ECS's protocol, is as strict as ECS about requests, runs every task as
/// a process of this machine or as a container, and does wrong what it is told to do wrong.
///
/// It is one account in one Region with Fargate alone. What it does not do: IAM, services, EC2 capacity, Secrets Manager
/// (`--secret` gives values), CloudWatch Logs (a task's output is in `--logs`).
///
/// With `--docker-network` a task is a container of its image, with the task's CPU, memory, volumes and health check. Without
/// it is the program of `--agent`, whatever the image, and has none of these; and its credentials are at
/// AWS_CONTAINER_CREDENTIALS_FULL_URI with a token, where Fargate, and the stand-in at 169.254.170.2, have a relative URI
/// without one.
@main
struct ECSStandIn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecs-stand-in", abstract: "An ECS whose tasks are processes of this machine, or containers.",
    discussion: """
      GET /_state says what runs and what was called, GET /_record every request with its answer, POST /_faults takes a \
      list of faults, as [{"fault": "capacity", "shard": 0, "launch": 1}]. SIGTERM and SIGINT end it and all tasks.
      """)

  @Option(help: "The program that tasks run as processes, as the image's entry point.")
  var agent = ""
  @OptionGroup(title: "Tasks as containers")
  var docker: DockerFlags
  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"
  @Option(help: "The port to listen on; 0 takes a free one.")
  var port: UInt16 = 0
  @Option(help: "What tasks reach it at, when that is not loopback, as http://169.254.170.2.")
  var reachedAt: String?
  @Option(help: "A file to which the address is written as soon as it listens.")
  var addressFile: String?
  @Option(help: "A folder for the tasks' output: TASKID.out and TASKID.err.")
  var logs: String
  @Option(help: "The Region.")
  var region = "us-east-1"
  @Option(
    help: ArgumentHelp(
      "A cluster and its capacity providers; repeatable.", valueName: "name[=FARGATE,FARGATE_SPOT]"))
  var cluster: [String] = []
  @Option(
    help: ArgumentHelp("A file with a request of RegisterTaskDefinition; repeatable.", valueName: "path"))
  var taskDefinition: [String] = []
  @Option(
    help: ArgumentHelp("A variable for every task, beneath all others; repeatable.", valueName: "name=value"))
  var pass: [String] = []
  @Option(
    help: ArgumentHelp(
      "A secret that task definitions may name by its ARN; repeatable.", valueName: "arn=value"))
  var secret: [String] = []
  @Option(
    help: ArgumentHelp(
      "An access key that may sign; repeatable. Without any, only a signature's form, scope and time are looked at.",
      valueName: "id:secret"))
  var key: [String] = []
  @Option(
    help: ArgumentHelp(
      "The keys that tasks are given: 'own', ID:SECRET always, or those of AssumeRole at an STS, signed with ID:SECRET.",
      valueName: "own|id:secret[@url]"))
  var credentialsFrom = "own"
  @Option(help: "Seconds that keys given to a task are good for.")
  var credentialSeconds = 3600.0
  @Option(help: "Milliseconds that a task spends in each state but RUNNING.")
  var stateDelay = 50
  @Option(help: "A file with a list of faults.")
  var faults: String?
  @Option(help: "Whether the published rates of calls are enforced: on or off.")
  var rates = OnOff.on
  @Flag(help: "End when the process that started this one has ended.")
  var endWithParent = false

  enum OnOff: String, ExpressibleByArgument { case on, off }

  func validate() throws {
    guard docker.dockerNetwork != nil || FileManager.default.isExecutableFile(atPath: agent) else {
      throw ValidationError("--agent: '\(agent)' is no program")
    }
    guard CredentialSource(credentialsFrom) != nil else {
      throw ValidationError(
        "--credentials-from: expected own, ID:SECRET or ID:SECRET@URL; found '\(credentialsFrom)'")
    }
    guard credentialSeconds > 0, credentialSeconds < 1e6 else {
      throw ValidationError("--credential-seconds: expected more than 0; found \(credentialSeconds)")
    }
    guard (0...600_000).contains(stateDelay) else {
      throw ValidationError("--state-delay: expected 0 to 600000 ms; found \(stateDelay)")
    }
    for (option, texts, separator) in [("--pass", pass, "="), ("--secret", secret, "="), ("--key", key, ":")]
    {
      for text in texts where split(text, at: separator) == nil {
        throw ValidationError(
          "\(option): expected two parts with '\(separator)' between them; found '\(text)'")
      }
    }
  }

  func run() async throws {
    let bodies = TaskBodies()
    let signals = endOnSignals(bodies)
    defer { withExtendedLifetime(signals) {} }
    try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
    let state = ECSState(try settings(), keys: keyRing, bodies: bodies)
    try await prepare(state)
    try await ECSFront(state: state, host: host, port: port, reachedAt: reachedAt).run { address in
      print("the ECS stand-in listens on \(address)")
      fflush(nil)
      if let addressFile {
        try Data(address.utf8).write(to: URL(fileURLWithPath: addressFile), options: .atomic)
      }
    }
  }

  private func settings() throws -> ECSState.Settings {
    let place: DockerPlace?
    do { place = try docker.place() } catch let failure as DockerEngine.Failure {
      throw ValidationError("--docker-socket: \(failure.message)")
    }
    return ECSState.Settings(
      region: region, stateDelay: .milliseconds(stateDelay), enforcesRates: rates == .on, agent: agent,
      docker: place, passed: dictionary(pass), secrets: dictionary(secret), logs: logs,
      credentialSeconds: credentialSeconds,
      credentialSource: CredentialSource(credentialsFrom) ?? .own)
  }

  private var keyRing: KeyRing {
    KeyRing(
      key.compactMap { split($0, at: ":").map { KeyRing.Key(id: $0.0, secret: $0.1) } }, region: region)
  }

  private func split(_ text: String, at separator: String) -> (String, String)? {
    guard let place = text.firstRange(of: separator), place.lowerBound > text.startIndex else { return nil }
    return (String(text[..<place.lowerBound]), String(text[place.upperBound...]))
  }

  private func dictionary(_ texts: [String]) -> [String: String] {
    Dictionary(texts.compactMap { split($0, at: "=") }) { $1 }
  }

  /// What is told on the command line goes through the same doors as calls do.
  private func prepare(_ state: ECSState) async throws {
    do {
      for text in cluster {
        let (name, providers) = split(text, at: "=") ?? (text, "")
        let list = providers.split(separator: ",").map { JSON.string(String($0)) }
        _ = try await state.createCluster(["clusterName": .string(name), "capacityProviders": .array(list)])
      }
      for path in taskDefinition {
        let request = try JSON(try Data(contentsOf: URL(fileURLWithPath: path)))
        try Shape.taskDefinition.check(request)
        _ = try await state.registerTaskDefinition(request)
      }
      if let faults {
        try await state.addFaults(try JSON(try Data(contentsOf: URL(fileURLWithPath: faults))))
      }
    } catch {
      let message = (error as? ECSError)?.message ?? (error as? FaultError)?.message ?? "\(error)"
      throw ValidationError(message)
    }
  }

  /// - Returns: what has to stay alive.
  private func endOnSignals(_ bodies: TaskBodies) -> [any DispatchSourceProtocol] {
    let end: @Sendable () -> Void = {
      bodies.endAll()
      Foundation.exit(0)
    }
    var sources: [any DispatchSourceProtocol] = [SIGTERM, SIGINT, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: end)
      source.resume()
      return source
    }
    if endWithParent {
      let parent = getppid()
      let timer = DispatchSource.makeTimerSource(queue: .global())
      timer.schedule(deadline: .now(), repeating: .milliseconds(500))
      timer.setEventHandler { if getppid() != parent { end() } }
      timer.resume()
      sources.append(timer)
    }
    return sources
  }
}
