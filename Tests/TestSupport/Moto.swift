package import Foundation

/// moto, a stand-in for S3, STS, IAM, SNS, Secrets Manager, on a free port of loopback: a process of its own, ended with this
/// object. It checks signatures (Tests/StandIns/Moto/server.py says how). Conditional writes are atomic.
///
///     let moto = try await Moto()
///     try await moto.makeBucket("runs")
///     run(environment: moto.environment)
package final class Moto: Sendable {
  /// What the programs need to reach it: endpoint, region, keys of a user who may do everything.
  package let environment: [String: String]
  private let process: LineProcess

  /// On a laptop without it its tests are skipped; in CI they fail.
  package static var isThere: Bool {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || FileManager.default.fileExists(atPath: tools.appending(path: "complete").path)
  }
  package static let tools = repositoryRoot().appending(path: ".tools/moto-5.2.1")

  /// - Parameter recording: a file to which every request is written, a line of JSON each.
  package init(recording: URL? = nil) async throws {
    let script = repositoryRoot().appending(path: "Tests/StandIns/Moto/server.py").path
    // Without -S another moto of the machine's might be found.
    var variables = ["PYTHONPATH": Self.tools.path]
    if let recording {
      variables["MOTO_ENABLE_RECORDING"] = "true"
      variables["MOTO_RECORDER_FILEPATH"] = recording.path
    }
    process = try LineProcess(["python3", "-S", script], environment: variables)
    let names = try JSON(try await process.readLine().utf8)
    guard let endpoint = names["endpoint"]?.string, let key = names["access_key"]?.string,
      let secret = names["secret_key"]?.string, let region = names["region"]?.string
    else { throw MotoError("moto did not start: run scripts/setup moto") }
    environment = [
      "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": region, "AWS_DEFAULT_REGION": region,
      "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "",
    ]
  }

  /// As `http://127.0.0.1:5000`.
  package var endpoint: String { environment["AWS_ENDPOINT_URL"] ?? "" }

  /// A call of boto3's, as `call("s3", "list_buckets")`.
  /// - Throws: ``MotoError`` with what moto says.
  @discardableResult
  package func call(_ service: String, _ name: String, _ arguments: [String: any Sendable] = [:]) async throws
    -> JSON
  {
    try await command(["service": service, "call": name, "with": arguments])
  }

  package func makeBucket(_ name: String, versioned: Bool = false) async throws {
    try await call(
      "s3", "create_bucket",
      [
        "Bucket": name,
        "CreateBucketConfiguration": ["LocationConstraint": environment["AWS_REGION"] ?? ""],
      ])
    guard versioned else { return }
    try await call(
      "s3", "put_bucket_versioning",
      ["Bucket": name, "VersioningConfiguration": ["Status": "Enabled"]])
  }

  /// - Returns: its ARN.
  @discardableResult
  package func makeSecret(_ id: String, _ value: String) async throws -> String {
    try await call("secretsmanager", "create_secret", ["Name": id, "SecretString": value])["ARN"]?.string
      ?? ""
  }

  /// A user who may do what the policy's statements say.
  /// - Parameter statements: JSON, a list.
  /// - Returns: the environment for it.
  package func makeUser(_ name: String, statements: String) async throws -> [String: String] {
    try await call("iam", "create_user", ["UserName": name])
    try await call(
      "iam", "put_user_policy",
      [
        "UserName": name, "PolicyName": "p",
        "PolicyDocument": #"{"Version":"2012-10-17","Statement":\#(statements)}"#,
      ])
    let key = try await call("iam", "create_access_key", ["UserName": name])["AccessKey"]
    return environment.merging([
      "AWS_ACCESS_KEY_ID": key?["AccessKeyId"]?.string ?? "",
      "AWS_SECRET_ACCESS_KEY": key?["SecretAccessKey"]?.string ?? "",
    ]) { $1 }
  }

  /// A role that anybody may assume, with any token, and that may do everything.
  /// - Returns: its ARN.
  package func makeRole(_ name: String) async throws -> String {
    let trust =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"*"},"Action":"sts:AssumeRoleWithWebIdentity"},{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#
    let role = try await call(
      "iam", "create_role", ["RoleName": name, "AssumeRolePolicyDocument": trust])
    let all =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    try await call(
      "iam", "put_role_policy", ["RoleName": name, "PolicyName": "p", "PolicyDocument": all])
    return role["Role"]?["Arn"]?.string ?? ""
  }

  private func command(_ command: [String: any Sendable]) async throws -> JSON {
    let line = try JSONSerialization.data(withJSONObject: command)
    let answer = try JSON(try await process.exchange(String(decoding: line, as: UTF8.self)).utf8)
    if let error = answer["error"]?.string { throw MotoError(error) }
    return answer["ok"] ?? .null
  }
}

package struct MotoError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
