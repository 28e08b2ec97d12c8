import Logging
import Shared

extension Redactor {
  func learn(_ secrets: [Secret], _ logger: Logger) {
    for secret in secrets {
      if let problem = Self.problem(secret.value) {
        logger.warning(
          "a secret is not taken out of logs and documents",
          metadata: ["secret": "\(secret.source)", "reason": "\(problem)"])
      } else {
        add(secret.value, name: secret.name)
      }
    }
    // Behind all whole ones: a part that is a secret of its own goes by that one's name.
    for part in secrets.flatMap({ SecretParts.find(in: $0.value, name: $0.name) }) {
      add(part.value, name: part.name)
    }
  }
}

extension ShardRun {
  /// For k6 alone: the agent's own environment has none of them.
  func readSecrets() async throws -> [Secret] {
    guard !options.secrets.isEmpty else { return [] }
    let secrets = try await secretReader.read(options.secrets, environment: host.environment)
    redactor.learn(secrets, logger)
    logger.info(
      "secrets were read", metadata: ["variables": "\(secrets.map(\.name).joined(separator: ", "))"])
    return secrets
  }

  /// The same for `k6/secrets`, in a file that is gone as soon as k6 has read it: before it initialises its VUs
  /// (measured with 1.1.0).
  /// - Returns: options of k6's; none where it has no such thing, or the user has secret sources of his own.
  func secretSource(_ secrets: [Secret], _ version: K6Version) throws -> [String] {
    let hasOwn =
      host.environment["K6_SECRET_SOURCE"] != nil
      || K6Options(options.k6Options).pairs.contains { $0.name == "--secret-source" }
    guard !secrets.isEmpty, version.hasSecretSources, !hasOwn else { return [] }
    let (bytes, leftOut) = secrets.sourceFile
    if !leftOut.isEmpty {
      logger.warning(
        "k6/secrets is without some of the secrets: its file cannot hold them; they are in __ENV",
        metadata: ["variables": "\(leftOut.joined(separator: ", "))"])
    }
    // k6 cuts the option's value there.
    guard !files.folder.contains(where: { $0 == "," || $0 == "=" }) else {
      logger.warning(
        "k6/secrets has no secrets: the folder for temporary files has a comma or = in its name; they are in __ENV",
        metadata: ["folder": "\(files.folder)"])
      return []
    }
    do { return ["--secret-source", "file=\(try files.write(bytes, to: Self.secretFile))"] } catch {
      throw ShardFailure.unavailable("the secrets cannot be given to k6: \(error)")
    }
  }

  static var secretFile: String { "secrets" }

  /// What k6's own setup() returned, from its summary: of a test that was over before its k6 could be asked.
  func learnSetup(_ k6Summary: [UInt8]?) {
    guard let k6Summary,
      let members = try? decoded([String: JSONValue].self, from: k6Summary, name: "k6's summary"),
      let data = members["setup_data"]
    else { return }
    redactor.learn(setup: String(decoding: data.line, as: UTF8.self))
  }
}
