import Shared

/// What follows an attempt that did not go well.
///
/// | what came | a call that may be repeated | one that makes something new |
/// |---|---|---|
/// | a limit | again after the wait | again after the wait: it was not carried out |
/// | no connection | again | again |
/// | cut, late, 5xx | again | an error: look whether it is there |
/// | all else | an error | an error |
enum GitHubRetry {
  enum Step: Equatable {
    case stop
    /// Seconds.
    case wait(Double)
  }

  static let mostAttempts = 5

  /// - Parameters:
  ///   - left: seconds of patience.
  ///   - random: from 0 to 1.
  static func step(
    after attempt: GitHubAttempt, isRepeatable: Bool, attempts: Int, left: Double, random: Double
  ) -> Step {
    let wait: Double
    switch attempt.kind {
    case .final: return .stop
    case .limited(let limit): wait = limit.wait
    case .passing(let mayHaveBeenCarriedOut):
      if mayHaveBeenCarriedOut && !isRepeatable { return .stop }
      // 1, 2, 4, 8 s, of which a random half.
      wait = Double(1 << min(max(attempts - 1, 0), 4)) * (0.5 + 0.5 * min(max(random, 0), 1))
    }
    // With a second in which it may be answered.
    return attempts < mostAttempts && wait + 1 <= left ? .wait(wait) : .stop
  }
}

/// How one attempt ended, when that was no success.
struct GitHubAttempt: Sendable {
  enum Kind: Sendable, Equatable {
    case final
    case limited(GitHubLimit)
    case passing(mayHaveBeenCarriedOut: Bool)
  }

  let kind: Kind
  let response: HTTPResponse?
  let refusal: GitHubWire.Refusal?
  let failure: HTTPFailure?

  init(_ response: HTTPResponse, now: UTCInstant, attempts: Int, random: Double) {
    (self.response, failure) = (response, nil)
    refusal = try? decoded(GitHubWire.Refusal.self, from: response.body, name: "")
    let limit = GitHubLimit(
      response, message: refusal?.message ?? "", now: now, attempts: attempts, random: random)
    kind =
      limit.map(Kind.limited)
      ?? ([500, 502, 503, 504].contains(response.status) ? .passing(mayHaveBeenCarriedOut: true) : .final)
  }

  init(_ failure: HTTPFailure) {
    (response, refusal, self.failure) = (nil, nil, failure)
    kind = failure.isFinal ? .final : .passing(mayHaveBeenCarriedOut: failure.mayHaveBeenSent)
  }

  /// GitHub may have done it although it is no success.
  var isInDoubt: Bool {
    if let failure { return failure.mayHaveBeenSent }
    return (response?.status ?? 0) >= 500
  }
}
