import Foundation
import Glibc
import Shared
import SystemPackage

/// Looks at the set-up as it is in the real world.
func liveDoctor(
  _ flags: RunOptions.Flags, configurationPath: String?, agent: String?, json: Bool
) async throws -> Int32 {
  signal(SIGPIPE, SIG_IGN)
  let host = CoordinatorHost.live()
  let file = try readConfiguration(configurationPath)
  // A script that is not there is a fault among others.
  let options = try RunOptions(
    flags, file, usualStore: "file://\(absolutePath("out"))", fileExists: { _ in true })
  let report = await doctor(options, host, agent: agent).report()
  writeOutput(json ? String(decoding: try encoded(report), as: UTF8.self) : report.text)
  return report.exitCode
}

private func doctor(_ options: RunOptions, _ host: CoordinatorHost, agent: String?) async -> Doctor {
  let environment = host.environment
  // Nobody waits long for a look.
  var patience = AWSPatience()
  (patience.attempts, patience.totalSeconds) = (3, 20)
  let aws: @Sendable (String?) throws -> AWSClient = { [patience] region in
    var environment = environment
    if let region { environment["AWS_REGION"] = region }
    return try .live(environment, patience: patience)
  }
  let outlets = AlertOutlets(
    settings: options.alert, host: host, transport: LiveHTTPTransport(), aws: aws)
  var pages: (@Sendable () async -> DoctorFinding)?
  if let target = options.pages { pages = { await pagesFinding(target, host) } }
  return Doctor(
    options: options, host: host, script: await liveScript(options, host, agent: agent), aws: aws,
    store: { [patience] in try liveStore(options.store, environment: environment, patience: patience) },
    gitHub: { try outlets.gitHub($0).within(30) }, refusal: folderRefusal, pages: pages)
}

private func liveScript(_ options: RunOptions, _ host: CoordinatorHost, agent: String?) async -> DoctorScript
{
  let k6 = await K6VersionProcess(host.environment).version()
  var inspection: InspectionAnswer?
  let files = scriptFiles(options)
  if case .there = files {
    do {
      let program = try agentProgram(agent ?? host.environment["GRID_AGENT_BIN"])
      inspection = try await AgentInspectionProcess(
        agent: program, options: options, host: host, stop: StopRequest()
      ).answer()
    } catch { inspection = .failed("\(error)") }
  } else if case .unusable(let why) = files {
    inspection = .failed(why)
  }
  return DoctorScript(options: options, files: files, inspection: inspection, k6: k6)
}

private func scriptFiles(_ options: RunOptions) -> DoctorScript.Files {
  guard case .file(let path) = options.origin else { return .elsewhere }
  guard isReadableFile(path) else {
    return .unusable("the script \(path) does not exist or is no file that can be read")
  }
  do {
    if options.ecs == nil {
      return .there([String(decoding: try readFile(FilePath(path)), as: UTF8.self)])
    }
    let bundle = try BundleDirectory(
      script: absolutePath(path), folder: options.bundle.map(absolutePath)
    ).read()
    return .there(bundle.files.map { String(decoding: $0.bytes, as: UTF8.self) })
  } catch { return .unusable("\(error)") }
}

/// By the nearest folder that is there: the rest would be made in it.
@Sendable private func folderRefusal(_ folder: String) -> String? {
  var path = FilePath(folder)
  while access(path.string, F_OK) != 0, path.removeLastComponent() {}
  var status = stat()
  guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
    return "the store \(folder) cannot be made: \(path) is no folder"
  }
  return access(path.string, W_OK | X_OK) == 0
    ? nil : "\(path) may not be written to, in which the store \(folder) is to be"
}

private func pagesFinding(_ target: PagesTarget, _ host: CoordinatorHost) async -> DoctorFinding {
  let branch = PagesBranch(
    target: target, environment: host.environment, directory: absolutePath("."), now: host.now,
    wait: liveHistoryWait)
  do {
    let look = try await branch.look()
    return .ok(
      .pages,
      "the branch \(target.branch) of \(look.address) \(look.isThere ? "is there" : "is made by the first page"), and may be pushed to (its own rules aside)"
    )
  } catch {
    return .fault(
      .pages, "\(error)", do: "grant contents: write to the job, or name another repository or branch")
  }
}
