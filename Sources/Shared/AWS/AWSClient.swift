import FoundationEssentials

/// Calls AWS: signs, sends, retries, and turns what comes back into a value or an ``AWSError``.
package struct AWSClient: Sendable {
  package let endpoints: AWSEndpoints
  let exchange: AWSExchange
  let credentials: CredentialProvider

  /// - Throws: ``UsageError`` when the environment does not say enough.
  package init(
    environment: [String: String], transport: any HTTPTransport, host: AWSHost,
    patience: AWSPatience = AWSPatience()
  ) throws(UsageError) {
    endpoints = try AWSEndpoints(environment)
    exchange = AWSExchange(
      transport: transport, host: host, patience: patience, region: endpoints.region)
    credentials = try CredentialSource(environment, endpoints.region).provider(exchange, endpoints)
  }

  package var region: AWSRegion { endpoints.region }

  /// This machine's clock beside AWS's, by the `Date` of its answers; `nil` before the first.
  package var clock: ClockQuality? { exchange.memory.clock }

  /// One operation of a service that speaks JSON 1.1 (ECS, Secrets Manager).
  /// - Throws: ``AWSError``, `CancellationError`, ``UsageError`` when credentials are configured wrongly.
  package func call<Output: Decodable & Sendable>(
    _ service: AWSService, _ operation: String, _ input: some Encodable & Sendable, as output: Output.Type
  ) async throws -> Output {
    guard let target = service.targetPrefix else {
      preconditionFailure("\(service) does not speak JSON 1.1")
    }
    let encoder = JSONEncoder()
    // The same input is the same text: a repeated clientToken must come with the same parameters.
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = [UInt8](try encoder.encode(input))
    let headers = [
      (name: "content-type", value: "application/x-amz-json-1.1"),
      (name: "x-amz-target", value: "\(target).\(operation)"),
    ]
    let call = AWSCall.post(
      service, operation, on: CallSubject.name(body), headers, body, endpoints, exchange.patience)
    let response = try await send(call)
    do {
      return try decoded(output, from: response.body, name: "the answer")
    } catch {
      throw call.unreadable(response, "\(error)")
    }
  }

  /// One operation of a service that speaks Query (SNS).
  /// - Parameter subject: what it is about, for a person.
  /// - Returns: the answer's XML.
  /// - Throws: as above.
  package func query(
    _ service: AWSService, _ operation: String, _ parameters: [(name: String, value: String)],
    on subject: String
  ) async throws -> XMLElement {
    let call = AWSCall.query(service, operation, parameters, on: subject, endpoints, exchange.patience)
    return try call.xml(of: try await send(call))
  }

  func send(_ call: AWSCall) async throws -> HTTPResponse {
    try await exchange.send(call, credentials: credentials)
  }
}
