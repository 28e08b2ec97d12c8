import FoundationEssentials

/// A call that is not sent yet: to which service, for what, on what.
struct AWSCall: Sendable {
  let service: AWSService
  /// As IAM writes it.
  let operation: String
  /// For a person: `s3://bucket/key`.
  let subject: String
  var request: HTTPRequest

  var name: String { "\(service.actionPrefix):\(operation)" }

  static func post(
    _ service: AWSService, _ operation: String, on subject: String,
    _ headers: [(name: String, value: String)],
    _ body: [UInt8], _ endpoints: AWSEndpoints, _ patience: AWSPatience
  ) -> AWSCall {
    let endpoint = endpoints.endpoint(service)
    return AWSCall(
      service: service, operation: operation, subject: subject,
      request: HTTPRequest(
        method: "POST", scheme: endpoint.scheme, host: endpoint.host, headers: headers, body: body,
        timeout: .seconds(patience.attemptSeconds), replyLimit: 16 << 20))
  }

  static func query(
    _ service: AWSService, _ operation: String, _ parameters: [(name: String, value: String)],
    on subject: String, _ endpoints: AWSEndpoints, _ patience: AWSPatience
  ) -> AWSCall {
    guard let version = service.queryVersion else { preconditionFailure("\(service) does not speak Query") }
    let form = percentEncoded([("Action", operation), ("Version", version)] + parameters)
    let type = "application/x-www-form-urlencoded; charset=utf-8"
    return post(
      service, operation, on: subject, [("content-type", type)], Array(form.utf8), endpoints, patience)
  }

  func xml(of response: HTTPResponse) throws(AWSError) -> XMLElement {
    if let root = XMLElement(response.body) { return root }
    throw unreadable(response, "the answer is not the XML expected")
  }

  func unreadable(_ response: HTTPResponse, _ reason: String) -> AWSError {
    AWSError(
      call: name, subject: subject, code: "UnreadableAnswer", message: reason, status: response.status,
      requestID: AWSErrorAnswer(response).requestID, mayHaveBeenCarriedOut: true)
  }
}

/// What a call in JSON is about, for error sentences: a few names that people know, never anything else of it.
enum CallSubject {
  private struct Names: Decodable {
    let cluster: String?
    let taskDefinition: String?
    let secretID: String?

    private enum CodingKeys: String, CodingKey {
      case cluster, taskDefinition
      case secretID = "SecretId"
    }
  }

  static func name(_ body: [UInt8]) -> String {
    guard let names = try? JSONDecoder().decode(Names.self, from: Data(body)) else { return "" }
    return [
      names.taskDefinition.map { "task definition \($0)" }, names.cluster.map { "cluster \($0)" },
      names.secretID.map { "secret \($0)" },
    ].compactMap(\.self).joined(separator: ", ")
  }
}
