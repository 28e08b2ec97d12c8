/// Where credentials come from. The first that is configured counts; if it fails, that is an error, and no other is tried.
enum CredentialSource: Sendable, Equatable {
  case environment(AWSCredentials)

  /// - Throws: ``UsageError`` when none is configured, or one only by half. Empty variables count as not set.
  init(_ environment: [String: String]) throws(UsageError) {
    let set = environment.filter { !$0.value.isEmpty }
    if let key = set["AWS_ACCESS_KEY_ID"] {
      guard let secret = set["AWS_SECRET_ACCESS_KEY"] else {
        throw UsageError("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not: set both or neither")
      }
      self = .environment(
        AWSCredentials(
          accessKeyID: key, secretAccessKey: secret, sessionToken: set["AWS_SESSION_TOKEN"]))
      return
    }
    throw UsageError("no AWS credentials are configured")
  }

  func provider(_ exchange: AWSExchange, _ endpoints: AWSEndpoints) -> CredentialProvider {
    CredentialProvider(now: exchange.host.now) {
      switch self {
      case .environment(let credentials): credentials
      }
    }
  }
}
