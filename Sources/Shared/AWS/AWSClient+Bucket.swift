/// Looks at a bucket as a whole.
extension AWSClient {
  /// Where it is: S3 says so even to who may not read it.
  /// - Returns: `nil` when S3 does not say.
  /// - Throws: ``AWSError`` for a bucket that is not there.
  package func bucketRegion(_ bucket: String, _ settings: S3Settings) async throws -> String? {
    let call = call("HeadBucket", "HEAD", bucket, "", settings)
    let response = try await exchange.send(
      call, credentials: credentials, accepting: [301, 307, 400, 403, 404])
    guard response.status != 404 else {
      throw AWSError(
        call: call.name, subject: call.subject, code: "NoSuchBucket", message: "", status: 404)
    }
    return response.header("x-amz-bucket-region")
  }

  /// Lists a key at the most, to see whether that is allowed.
  package func listBriefly(_ bucket: String, prefix: String, _ settings: S3Settings) async throws {
    let query = percentEncoded([("list-type", "2"), ("max-keys", "1"), ("prefix", prefix)])
    _ = try await send(call("ListObjectsV2", "GET", bucket, query, settings))
  }

  private func call(
    _ operation: String, _ method: String, _ bucket: String, _ query: String, _ settings: S3Settings
  ) -> AWSCall {
    let endpoint = endpoints.bucket(bucket)
    return AWSCall(
      service: .s3, operation: operation, subject: "s3://\(bucket)",
      request: HTTPRequest(
        method: method, scheme: endpoint.scheme, host: endpoint.host, path: "\(endpoint.path)/", query: query,
        headers: settings.ownerHeaders, timeout: .seconds(exchange.patience.attemptSeconds),
        replyLimit: 1 << 20))
  }
}
