/// A call that came to nothing, after all its attempts.
package struct AWSError: Error, CustomStringConvertible, Sendable {
  /// As `ecs:RunTask`.
  package let call: String
  /// What it was about: `s3://bucket/key`, `cluster x`; empty when there is nothing to name. Never a secret's value.
  package let subject: String
  /// As `AccessDeniedException`; `nil` when there was no answer.
  package let code: String?
  package let message: String
  package let status: Int?
  package let requestID: String?
  /// How often it was tried.
  package let attempts: Int
  /// An attempt was cut off, timed out or was answered by a 5xx: AWS may have done it all the same.
  package let mayHaveBeenCarriedOut: Bool
  /// Where the bucket is, when S3 says that it is elsewhere.
  let bucketRegion: String?

  package init(
    call: String, subject: String = "", code: String?, message: String, status: Int? = nil,
    requestID: String? = nil, attempts: Int = 1, mayHaveBeenCarriedOut: Bool = false,
    bucketRegion: String? = nil
  ) {
    (self.call, self.subject, self.code, self.message) = (call, subject, code, message)
    (self.status, self.requestID, self.attempts) = (status, requestID, attempts)
    (self.mayHaveBeenCarriedOut, self.bucketRegion) = (mayHaveBeenCarriedOut, bucketRegion)
  }

  /// Refused for coming too fast.
  package var isThrottling: Bool {
    RetryTable.isThrottling(code: code ?? "", status: status ?? 0)
  }

  /// The same call may well succeed later: no answer, a failure of the service's own, or too fast.
  package var isTransient: Bool {
    guard let code else { return true }
    return isThrottling || RetryTable.isTransient(code: code, status: status ?? 0)
  }

  /// One sentence: what was called, on what, what came back, the request id, what to do.
  package var description: String {
    let what = subject.isEmpty ? call : "\(call) on \(subject)"
    let tries = attempts > 1 ? " after \(attempts) attempts" : ""
    let advice = AWSErrorHints.hint(self).map { ": \($0)" } ?? ""
    guard let code else { return "\(what) got no answer\(tries): \(message)\(advice)" }
    let verb = isTransient ? "failed" : "was refused"
    let said = message.isEmpty ? "" : " (\(Self.brief(message)))"
    let id = requestID.map { ", request id \($0)" } ?? ""
    let name = code.isEmpty ? status.map { "HTTP \($0)" } ?? "no code" : code
    return "\(what) \(verb)\(tries): \(name)\(said)\(id)\(advice)"
  }

  /// One line: what a service says goes into logs and summaries.
  private static func brief(_ message: String) -> String {
    let line = message.split { $0.isNewline }.joined(separator: " ")
    return line.count > 500 ? "\(line.prefix(500))..." : line
  }
}
