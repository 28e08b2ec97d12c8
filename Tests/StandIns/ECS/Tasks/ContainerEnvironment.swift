import TestSupport

/// What a container's process is started with: the definition, what the call overrides, and what Fargate injects.
struct ContainerStart: Equatable, Sendable {
  let program: String
  let arguments: [String]
  let environment: [String: String]

  /// - Parameters:
  ///   - agent: the program that is the image's ENTRYPOINT here.
  ///   - passed: of this machine, beneath all else, as an image's own ENV is.
  ///   - injected: what Fargate sets.
  ///   - secrets: values of the definition's `secrets`, by the variable's name.
  init(
    container: JSON, override: JSON?, agent: String, passed: [String: String],
    injected: [String: String], secrets: [String: String]
  ) {
    let entryPoint = container["entryPoint"]?.strings ?? []
    let command = override?["command"]?.strings ?? container["command"]?.strings ?? []
    // The image has the agent on its PATH; a process has it where the build put it.
    let own = agent.split(separator: "/").last.map(String.init)
    let first = entryPoint.first ?? agent
    program =
      first.split(separator: "/").last.map(String.init) == own || first == "shard-agent" ? agent : first
    arguments = Array(entryPoint.dropFirst()) + command
    environment = [
      injected, container["environment"]?.namedValues ?? [:], secrets,
      override?["environment"]?.namedValues ?? [:],
    ].reduce(passed) { $0.merging($1) { $1 } }
  }
}
