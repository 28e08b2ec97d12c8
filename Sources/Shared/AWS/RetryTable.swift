/// What is tried again: the table that AWS's own clients share ("standard" mode).
enum RetryTable {
  enum Kind: Sendable, Equatable {
    case throttling
    case transient
    /// Credentials that are renewed once.
    case expiredCredentials
    /// The date of the signature; corrected once by the answer's own.
    case clockSkew
    case final
  }

  static func kind(_ service: AWSService, status: Int, code: String, message: String) -> Kind {
    if expired.contains(code) { return .expiredCredentials }
    if isSkew(code, message) { return .clockSkew }
    if isThrottling(code: code, status: status) { return .throttling }
    if service == .sns && code == "KMSThrottling" { return .throttling }
    if isTransient(code: code, status: status) { return .transient }
    // STS' IDPCommunicationError is not here: it is tried again with a fresh token (WebIdentityRole).
    return service == .s3 && code == "BadDigest" ? .transient : .final
  }

  static func isThrottling(code: String, status: Int) -> Bool {
    throttling.contains(code) || status == 429 || status == 509
  }

  static func isTransient(code: String, status: Int) -> Bool {
    [500, 502, 503, 504].contains(status) || code == "RequestTimeout" || code == "RequestTimeoutException"
  }

  /// Full jitter: a random part of 2^retry, at most 20.
  /// - Parameter retry: from 0.
  static func delay(retry: Int, random: Double) -> Double {
    min(20, Double(1 << min(max(retry, 0), 5))) * min(max(random, 0), 1)
  }

  private static func isSkew(_ code: String, _ message: String) -> Bool {
    switch code {
    case "RequestTimeTooSkewed", "RequestInTheFuture": true
    case "InvalidSignatureException", "SignatureDoesNotMatch":
      message.contains("Signature expired") || message.contains("Signature not yet current")
    default: false
    }
  }

  private static let expired: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId",
  ]

  private static let throttling: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
    "RequestThrottled", "TooManyRequestsException", "ProvisionedThroughputExceededException",
    "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
    "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
  ]
}

/// Limits how much is tried again when everything fails: a retry costs 5 of 500 tokens, a success gives them back.
struct RetryBudget: Sendable {
  private(set) var tokens = 500

  mutating func takeRetry() -> Bool {
    guard tokens >= 5 else { return false }
    tokens -= 5
    return true
  }

  mutating func success(retries: Int) { tokens = min(500, tokens + max(1, min(retries, 100) * 5)) }
}

/// Where a call stands between its attempts.
struct RetryState: Sendable {
  enum Step: Equatable {
    case stop
    case retry(delay: Double)
    case renewCredentials
    case correctClock
  }

  private(set) var attempts = 0
  private(set) var mayHaveBeenCarriedOut = false
  private var hasRenewed = false
  private var hasCorrected = false

  mutating func beginAttempt() { attempts += 1 }

  mutating func noteDoubt() { mayHaveBeenCarriedOut = true }

  /// What follows an attempt that failed in that way.
  /// - Parameter hasTokens: takes a retry from the budget; asked only when there would be one.
  mutating func step(
    after kind: RetryTable.Kind, elapsed: Double, random: Double, patience: AWSPatience,
    hasTokens: () -> Bool
  ) -> Step {
    switch kind {
    case .final: return .stop
    case .expiredCredentials:
      defer { hasRenewed = true }
      return hasRenewed ? .stop : .renewCredentials
    case .clockSkew:
      defer { hasCorrected = true }
      return hasCorrected ? .stop : .correctClock
    case .throttling, .transient:
      let delay = RetryTable.delay(retry: attempts - 1, random: random) * patience.delayUnit
      guard attempts < patience.attempts, elapsed + delay < patience.totalSeconds, hasTokens() else {
        return .stop
      }
      return .retry(delay: delay)
    }
  }
}
