import FoundationEssentials

/// Calls AWS: signs, sends, retries, and turns what comes back into a value or an ``AWSError``.
package struct AWSClient: Sendable {
  /// One operation of a service that speaks JSON 1.1 (ECS, Secrets Manager).
  /// - Throws: ``AWSError``.
  package func call<Output: Decodable & Sendable>(
    _ service: AWSService, _ operation: String, _ input: some Encodable & Sendable, as output: Output.Type
  ) async throws -> Output {
    fatalError("helper A writes this")
  }
}

package enum AWSService: Sendable {
  case ecs, s3, secretsManager, sts, sns
}

/// A call that came to nothing.
package struct AWSError: Error, CustomStringConvertible {
  /// As `ecs:RunTask`.
  package let call: String
  /// As `AccessDeniedException`; `nil` when there was no answer.
  package let code: String?
  package let message: String
  package let status: Int?
  package let requestID: String?

  package init(call: String, code: String?, message: String, status: Int? = nil, requestID: String? = nil) {
    (self.call, self.code, self.message) = (call, code, message)
    (self.status, self.requestID) = (status, requestID)
  }

  /// One sentence: what was called, what came back, the request id, what to do.
  package var description: String { "\(call): \(code ?? "no answer"): \(message)" }
}
