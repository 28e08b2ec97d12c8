import Testing

@testable import Shared

@Suite struct AWSEndpointsTests {
  private func endpoints(_ environment: [String: String]) throws -> AWSEndpoints {
    try AWSEndpoints(["AWS_REGION": "eu-central-1"].merging(environment) { $1 })
  }

  @Test(
    arguments: [
      ("eu-central-1", "aws", "ecs.eu-central-1.amazonaws.com"),
      ("us-gov-west-1", "aws-us-gov", "ecs.us-gov-west-1.amazonaws.com"),
      ("cn-north-1", "aws-cn", "ecs.cn-north-1.amazonaws.com.cn"),
      ("eusc-de-east-1", "aws-eusc", "ecs.eusc-de-east-1.amazonaws.eu"),
    ])
  func `partition and hosts follow from the region`(region: String, partition: String, host: String) throws {
    let endpoints = try endpoints(["AWS_REGION": region])
    #expect(endpoints.region.partition == partition)
    #expect(endpoints.endpoint(.ecs) == AWSEndpoint(scheme: "https", host: host, path: ""))
  }

  /// Botocore's names: of hosts and scopes, of variables, of IAM's actions.
  @Test(
    arguments: [
      (AWSService.ecs, "ecs", "ECS", "ecs"), (.s3, "s3", "S3", "s3"),
      (.secretsManager, "secretsmanager", "SECRETS_MANAGER", "secretsmanager"), (.sts, "sts", "STS", "sts"),
      (.sns, "sns", "SNS", "sns"), (.cloudWatch, "monitoring", "CLOUDWATCH", "cloudwatch"),
    ])
  func `a service has a name for each purpose`(
    service: AWSService, host: String, variable: String, action: String
  ) throws {
    #expect(try endpoints([:]).endpoint(service).host == "\(host).eu-central-1.amazonaws.com")
    let custom = try endpoints(["AWS_ENDPOINT_URL_\(variable)": "http://127.0.0.1:1"])
    #expect(custom.endpoint(service).host == "127.0.0.1:1")
    #expect(service.signingName == host && service.actionPrefix == action)
  }

  @Test(
    arguments: [
      (AWSService.ec2, "ec2.eu-central-1.amazonaws.com", "EC2", "ec2"),
      (.ecr, "api.ecr.eu-central-1.amazonaws.com", "ECR", "ecr"),
      (.logs, "logs.eu-central-1.amazonaws.com", "CLOUDWATCH_LOGS", "logs"),
      (.serviceQuotas, "servicequotas.eu-central-1.amazonaws.com", "SERVICE_QUOTAS", "servicequotas"),
    ])
  func `services that are only looked at`(service: AWSService, host: String, variable: String, name: String)
    throws
  {
    #expect(try endpoints([:]).endpoint(service).host == host)
    #expect(service.variableName == variable && service.signingName == name && service.actionPrefix == name)
  }

  @Test(
    arguments: [
      ("eu-central-1", "iam.amazonaws.com", "us-east-1"),
      ("cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
      ("us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
      ("eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
    ])
  func `IAM is one for a whole partition`(name: String, host: String, signing: String) throws {
    let region = try #require(AWSRegion(name))
    #expect(try endpoints(["AWS_REGION": name]).endpoint(.iam).host == host)
    #expect(AWSService.iam.signingRegion(region) == signing && AWSService.ecs.signingRegion(region) == name)
  }

  @Test func `the region comes from AWS_REGION, then AWS_DEFAULT_REGION, and there is no other`() throws {
    #expect(try AWSRegion(["AWS_REGION": "a-b-1", "AWS_DEFAULT_REGION": "c-d-1"]).name == "a-b-1")
    #expect(try AWSRegion(["AWS_REGION": "", "AWS_DEFAULT_REGION": "c-d-1"]).name == "c-d-1")
    for environment in [[:], ["AWS_REGION": "EU"], ["AWS_REGION": "x.evil.com/"]] {
      let error = #expect(throws: UsageError.self) { try AWSRegion(environment) }
      #expect(error?.description.contains("AWS_REGION") == true)
    }
  }

  @Test func `an address for one service wins over that for all, and both may be ignored`() throws {
    let environment = [
      "AWS_ENDPOINT_URL": "http://moto:5000", "AWS_ENDPOINT_URL_ECS": "https://127.0.0.1:8443/",
      "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://[::1]:80",
    ]
    let endpoints = try endpoints(environment)
    #expect(endpoints.endpoint(.ecs) == AWSEndpoint(scheme: "https", host: "127.0.0.1:8443", path: ""))
    #expect(endpoints.endpoint(.s3) == AWSEndpoint(scheme: "http", host: "moto:5000", path: ""))
    #expect(endpoints.endpoint(.secretsManager) == AWSEndpoint(scheme: "http", host: "[::1]", path: ""))
    let ignored = try self.endpoints(
      environment.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 })
    #expect(ignored.endpoint(.secretsManager).host == "secretsmanager.eu-central-1.amazonaws.com")
  }

  @Test(
    arguments: [
      "moto:5000", "ftp://moto", "http://", "http://moto:0", "http://moto:99999", "http://moto:x",
      "http://a b",
      "http://user@moto", "http://moto/path", "http://moto/?x=1", "http://moto#x", "http://[::1",
      "http://:80",
    ])
  func `addresses that are not understood`(text: String) throws {
    let error = #expect(throws: UsageError.self) { try endpoints(["AWS_ENDPOINT_URL_S3": text]) }
    #expect(error?.description.contains("AWS_ENDPOINT_URL_S3 '\(text)'") == true)
  }

  @Test(
    arguments: [
      ("runs", nil as String?, "https://runs.s3.eu-central-1.amazonaws.com"),
      ("my.runs", nil, "https://s3.eu-central-1.amazonaws.com/my.runs"),
      ("Runs_1", nil, "https://s3.eu-central-1.amazonaws.com/Runs_1"),
      ("runs", "http://127.0.0.1:9000", "http://127.0.0.1:9000/runs"),
    ])
  func `a bucket is in the host's name where a certificate covers it`(
    bucket: String, custom: String?, expected: String
  ) throws {
    let endpoint = try endpoints(custom.map { ["AWS_ENDPOINT_URL": $0] } ?? [:]).bucket(bucket)
    #expect("\(endpoint.scheme)://\(endpoint.host)\(endpoint.path)" == expected)
  }

  @Test(
    arguments: [
      ("http://localhost:1/x", true), ("http://127.1.2.3/", true), ("http://[::1]:8/", true),
      ("http://127.0.0.1.evil.com/", false), ("http://169.254.170.2/", false),
      ("http://localhost.evil.com/", false),
    ])
  func `what loopback is`(text: String, isLoopback: Bool) throws {
    #expect(try #require(WebAddress(text)).isLoopback == isLoopback)
  }
}
