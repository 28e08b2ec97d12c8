/// Where credentials come from. The first that is configured counts; if it fails, that is an error, and no other is tried.
/// There is no profile and no instance metadata: neither a job of GitHub's nor a task on Fargate has one.
enum CredentialSource: Sendable, Equatable {
  case environment(AWSCredentials)
  case role(WebIdentityRole)
  case container(ContainerCredentials)

  /// - Throws: ``UsageError`` when none is configured, or one only by half. Empty variables count as not set.
  init(_ environment: [String: String], _ region: AWSRegion) throws(UsageError) {
    let set = environment.filter { !$0.value.isEmpty }
    if let credentials = try Self.keys(set) {
      self = .environment(credentials)
    } else if let role = try WebIdentityRole(set, region) {
      self = .role(role)
    } else if let container = try ContainerCredentials(set) {
      self = .container(container)
    } else {
      throw UsageError(Self.nothing(set))
    }
  }

  private static func keys(_ set: [String: String]) throws(UsageError) -> AWSCredentials? {
    switch (set["AWS_ACCESS_KEY_ID"], set["AWS_SECRET_ACCESS_KEY"]) {
    case (nil, nil): return nil
    case (let id?, let secret?):
      return AWSCredentials(
        accessKeyID: id, secretAccessKey: secret, sessionToken: set["AWS_SESSION_TOKEN"])
    default:
      throw UsageError(
        "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set: set both, or neither to use a role")
    }
  }

  private static func nothing(_ set: [String: String]) -> String {
    let ways =
      "a job of GitHub's needs AWS_ROLE_ARN and 'permissions: id-token: write', a task on ECS a task role, anything else AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    return set["AWS_ROLE_ARN"] == nil
      ? "no AWS credentials are configured: \(ways)"
      : "AWS_ROLE_ARN is set, but there is nothing to assume the role with: \(ways)"
  }

  func provider(_ exchange: AWSExchange, _ endpoints: AWSEndpoints) -> CredentialProvider {
    CredentialProvider(now: exchange.host.now) {
      switch self {
      case .environment(let credentials): credentials
      case .role(let role): try await role.assumed(exchange, endpoints)
      case .container(let container): try await container.fetched(exchange)
      }
    }
  }
}

/// Credentials that are configured and cannot be had.
struct CredentialError: Error, CustomStringConvertible {
  let description: String
  /// Whoever hands them out gave no answer, failed, or was asked too often.
  let isTransient: Bool

  init(_ description: String, isTransient: Bool = false) {
    (self.description, self.isTransient) = ("no AWS credentials: \(description)", isTransient)
  }
}
