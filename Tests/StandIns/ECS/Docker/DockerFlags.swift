import ArgumentParser
import Foundation

/// Tasks as containers instead of processes.
struct DockerFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tasks are containers of their task definition's image, on this network of the Docker engine's.",
      valueName: "name"))
  var dockerNetwork: String?
  @Option(help: "Where the Docker engine listens.")
  var dockerSocket = "/var/run/docker.sock"

  /// - Throws: ``DockerEngine/Failure`` when no engine answers.
  func place() throws -> DockerPlace? {
    guard let network = dockerNetwork else { return nil }
    let engine = try DockerEngine(socket: dockerSocket)
    try engine.removeTasks(of: network)
    return DockerPlace(engine: engine, network: network)
  }
}

/// Where containers are started.
struct DockerPlace: Sendable {
  let engine: DockerEngine
  let network: String
}
