package enum AWSService: String, Sendable, CaseIterable {
  case ecs, s3, secretsManager, sts, sns

  /// In credential scopes, host names and IAM's action names.
  var signingName: String { self == .secretsManager ? "secretsmanager" : rawValue }

  /// Behind `AWS_ENDPOINT_URL_`.
  var variableName: String { self == .secretsManager ? "SECRETS_MANAGER" : rawValue.uppercased() }

  /// What goes before an operation's name in `X-Amz-Target`, for the services that speak JSON 1.1.
  var targetPrefix: String? {
    switch self {
    case .ecs: "AmazonEC2ContainerServiceV20141113"
    case .secretsManager: "secretsmanager"
    case .s3, .sts, .sns: nil
    }
  }

  /// The `Version` of the services that speak Query.
  var queryVersion: String? {
    switch self {
    case .sns: "2010-03-31"
    case .sts: "2011-06-15"
    case .ecs, .s3, .secretsManager: nil
    }
  }
}
