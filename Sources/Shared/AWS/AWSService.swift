package enum AWSService: String, Sendable, CaseIterable {
  case ecs, s3, secretsManager, sts, sns, cloudWatch
  /// What `coordinator doctor` reads besides.
  case ec2, ecr, iam, logs, serviceQuotas

  /// In credential scopes and host names.
  var signingName: String {
    switch self {
    case .cloudWatch: "monitoring"
    case .secretsManager: "secretsmanager"
    case .serviceQuotas: "servicequotas"
    case .ecs, .s3, .sts, .sns, .ec2, .ecr, .iam, .logs: rawValue
    }
  }

  /// In IAM's action names.
  var actionPrefix: String { self == .cloudWatch ? "cloudwatch" : signingName }

  /// Behind `AWS_ENDPOINT_URL_`.
  var variableName: String {
    switch self {
    case .secretsManager: "SECRETS_MANAGER"
    case .serviceQuotas: "SERVICE_QUOTAS"
    case .logs: "CLOUDWATCH_LOGS"
    default: rawValue.uppercased()
    }
  }

  /// Where it is in a region; IAM is one for all regions of a partition.
  func host(_ region: AWSRegion) -> String {
    switch self {
    case .ecr: "api.ecr.\(region).\(region.domain)"
    case .iam:
      switch region.partition {
      case "aws": "iam.amazonaws.com"
      case "aws-us-gov": "iam.us-gov.amazonaws.com"
      default: "iam.\(signingRegion(region)).\(region.domain)"
      }
    default: "\(signingName).\(region).\(region.domain)"
    }
  }

  /// In credential scopes (botocore's endpoints.json).
  func signingRegion(_ region: AWSRegion) -> String {
    guard self == .iam else { return region.name }
    return switch region.partition {
    case "aws-cn": "cn-north-1"
    case "aws-us-gov": "us-gov-west-1"
    case "aws-eusc": "eusc-de-east-1"
    default: "us-east-1"
    }
  }

  /// What goes before an operation's name in `X-Amz-Target`, for the services that speak JSON 1.1.
  var targetPrefix: String? {
    switch self {
    case .ecs: "AmazonEC2ContainerServiceV20141113"
    case .secretsManager: "secretsmanager"
    case .ecr: "AmazonEC2ContainerRegistry_V20150921"
    case .logs: "Logs_20140328"
    case .serviceQuotas: "ServiceQuotasV20190624"
    case .s3, .sts, .sns, .cloudWatch, .ec2, .iam: nil
    }
  }

  /// The `Version` of the services that speak Query; CloudWatch speaks others as well.
  var queryVersion: String? {
    switch self {
    case .cloudWatch: "2010-08-01"
    case .sns: "2010-03-31"
    case .sts: "2011-06-15"
    case .iam: "2010-05-08"
    case .ec2: "2016-11-15"
    case .ecs, .s3, .secretsManager, .ecr, .logs, .serviceQuotas: nil
    }
  }
}
