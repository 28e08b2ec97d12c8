package enum AWSService: String, Sendable, CaseIterable {
  case ecs, s3, secretsManager, sts, sns, cloudWatch

  /// In credential scopes and host names.
  var signingName: String {
    switch self {
    case .cloudWatch: "monitoring"
    case .secretsManager: "secretsmanager"
    case .ecs, .s3, .sts, .sns: rawValue
    }
  }

  /// In IAM's action names.
  var actionPrefix: String { self == .cloudWatch ? "cloudwatch" : signingName }

  /// Behind `AWS_ENDPOINT_URL_`.
  var variableName: String { self == .secretsManager ? "SECRETS_MANAGER" : rawValue.uppercased() }

  /// What goes before an operation's name in `X-Amz-Target`, for the services that speak JSON 1.1.
  var targetPrefix: String? {
    switch self {
    case .ecs: "AmazonEC2ContainerServiceV20141113"
    case .secretsManager: "secretsmanager"
    case .s3, .sts, .sns, .cloudWatch: nil
    }
  }

  /// The `Version` of the services that speak Query; CloudWatch speaks others as well.
  var queryVersion: String? {
    switch self {
    case .cloudWatch: "2010-08-01"
    case .sns: "2010-03-31"
    case .sts: "2011-06-15"
    case .ecs, .s3, .secretsManager: nil
    }
  }
}
