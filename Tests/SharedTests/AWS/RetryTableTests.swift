import Testing

@testable import Shared

@Suite struct RetryTableTests {
  @Test(
    arguments: [
      (AWSService.ecs, 400, "ThrottlingException", RetryTable.Kind.throttling),
      (.s3, 503, "SlowDown", .throttling), (.ecs, 429, "", .throttling), (.s3, 509, "", .throttling),
      (.secretsManager, 400, "LimitExceededException", .throttling),
      (.ecs, 500, "ServerException", .transient),
      (.s3, 502, "", .transient), (.s3, 503, "ServiceUnavailable", .transient), (.s3, 504, "", .transient),
      (.s3, 400, "RequestTimeout", .transient), (.s3, 400, "BadDigest", .transient),
      (.ecs, 400, "BadDigest", .final), (.sts, 400, "IDPCommunicationError", .final),
      (.ecs, 400, "IDPCommunicationError", .final), (.sns, 400, "KMSThrottling", .throttling),
      (.s3, 400, "KMSThrottling", .final), (.ecs, 400, "ClientException", .final),
      (.s3, 403, "AccessDenied", .final), (.s3, 404, "NoSuchKey", .final),
      (.s3, 501, "NotImplemented", .final),
      (.s3, 409, "ConditionalRequestConflict", .final), (.s3, 412, "PreconditionFailed", .final),
      (.s3, 301, "PermanentRedirect", .final), (.ecs, 400, "ConflictException", .final),
      (.sns, 429, "Throttled", .throttling), (.sns, 500, "InternalError", .transient),
      (.sns, 404, "NotFound", .final), (.sns, 403, "AuthorizationError", .final),
      (.cloudWatch, 400, "Throttling", .throttling), (.cloudWatch, 500, "InternalServiceError", .transient),
      (.cloudWatch, 400, "InvalidParameterValue", .final),
      (.s3, 400, "ExpiredToken", .expiredCredentials),
      (.ecs, 400, "ExpiredTokenException", .expiredCredentials),
      (.ecs, 400, "RequestExpired", .expiredCredentials),
      (.sts, 403, "InvalidClientTokenId", .expiredCredentials),
      (.s3, 403, "RequestTimeTooSkewed", .clockSkew), (.s3, 403, "SignatureDoesNotMatch", .final),
    ])
  func `what is tried again`(service: AWSService, status: Int, code: String, kind: RetryTable.Kind) {
    #expect(RetryTable.kind(service, status: status, code: code, message: "") == kind)
  }

  @Test func `a signature that is refused for its date is a matter of clocks`() {
    for message in ["Signature expired: 2026 is now earlier", "Signature not yet current: 2026"] {
      #expect(
        RetryTable.kind(.ecs, status: 400, code: "InvalidSignatureException", message: message) == .clockSkew)
    }
    #expect(
      RetryTable.kind(.ecs, status: 400, code: "InvalidSignatureException", message: "The request signature")
        == .final)
  }

  @Test(arguments: [(0, 1.0), (1, 2), (2, 4), (3, 8), (4, 16), (5, 20), (9, 20), (.max, 20), (-1, 1)])
  func `a delay is a random part of a growing one`(retry: Int, longest: Double) {
    #expect(RetryTable.delay(retry: retry, random: 1) == longest)
    #expect(RetryTable.delay(retry: retry, random: 0) == 0)
    #expect(RetryTable.delay(retry: retry, random: 0.25) == longest / 4)
  }

  @Test func `when everything fails, retries run out, and successes bring them back`() {
    var budget = RetryBudget()
    let granted = (0..<101).map { _ in budget.takeRetry() }
    #expect(granted == Array(repeating: true, count: 100) + [false])
    budget.success(retries: 0)
    #expect(budget.tokens == 1)
    budget.success(retries: 2)
    #expect(budget.tokens == 11)
    for _ in 0..<1000 { budget.success(retries: 3) }
    #expect(budget.tokens == 500)
  }

  @Test func `attempts and time are bounded, and the budget is only asked for a retry that would be`() {
    var state = RetryState()
    var asked = 0
    func step(_ kind: RetryTable.Kind, elapsed: Double = 0) -> RetryState.Step {
      state.beginAttempt()
      return state.step(after: kind, elapsed: elapsed, random: 1, patience: AWSPatience()) {
        asked += 1
        return true
      }
    }
    let steps = [.transient, .throttling, .transient, .transient].map { step($0) }
    #expect(steps == [.retry(delay: 1), .retry(delay: 2), .retry(delay: 4), .stop])
    #expect(asked == 3)
    state = RetryState()
    let late = step(.transient, elapsed: 44.5)
    #expect(late == .stop && asked == 3)
    let once = [.expiredCredentials, .expiredCredentials, .clockSkew, .clockSkew].map { step($0) }
    #expect(once == [.renewCredentials, .stop, .correctClock, .stop])
  }
}
