import Shared

/// A call to GitHub that came to nothing, after all its attempts.
struct GitHubError: Error, CustomStringConvertible, Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case refused, failed, noAnswer, unusable, notKept, notSent
    /// Until when GitHub takes no more.
    case limited(UTCInstant)
  }

  /// As `POST /repos/acme/checkout/issues`.
  let call: String
  /// `nil` when there was no answer.
  let status: Int?
  /// What GitHub said, or why it said nothing. On one line.
  let said: String
  let kind: Kind
  /// GitHub's words for what is wrong with a field: `already_exists`.
  var codes: [String] = []
  /// What a person can do.
  var advice: String?
  var attempts = 1
  /// GitHub may have done it all the same: look before it is done again.
  let mayHaveBeenCarriedOut: Bool
  /// The same may go well a little later.
  var isTransient = false

  var isRateLimit: Bool {
    if case .limited = kind { true } else { false }
  }

  /// One sentence.
  var description: String {
    let tries = attempts > 1 ? " after \(attempts) attempts" : ""
    let end = advice.map { ": \($0)" } ?? ""
    let words = said.isEmpty ? "" : " \(said)"
    let number = status.map { " \($0)" } ?? ""
    switch kind {
    case .refused: return "GitHub refused \(call)\(tries):\(number)\(words)\(end)"
    case .failed: return "GitHub failed at \(call)\(tries):\(number)\(words)\(end)"
    case .noAnswer: return "GitHub did not answer \(call)\(tries):\(words)\(end)"
    case .unusable: return "GitHub's answer to \(call) cannot be used:\(words)\(end)"
    case .notKept: return "GitHub did not take \(call):\(words)\(end)"
    case .notSent: return "\(call) was not sent to GitHub:\(words)\(end)"
    case .limited(let until):
      let reason =
        attempts < GitHubRetry.mostAttempts ? ", which is longer than there is time for" : ""
      return
        "GitHub takes no more calls for now, \(call) among them\(tries):\(number)\(words): it asks to wait until \(until)\(reason)"
    }
  }
}

extension GitHubError {
  /// - Parameter hide: takes a token out of a text.
  init(
    _ call: GitHubCall, _ attempt: GitHubAttempt, attempts: Int, isInDoubt: Bool, now: UTCInstant,
    hide: (String) -> String
  ) {
    guard let response = attempt.response else {
      let failure = attempt.failure ?? HTTPFailure("")
      self.init(
        call: call.name, status: nil, said: hide(failure.description.onOneLine(300)),
        kind: failure.isFinal ? .unusable : .noAnswer,
        advice: isInDoubt && !call.isRepeatable
          ? "it may have been carried out, so it is not repeated without a look" : Self.network,
        attempts: attempts, mayHaveBeenCarriedOut: isInDoubt, isTransient: !failure.isFinal)
      return
    }
    let kind: Kind =
      switch attempt.kind {
      case .limited(let limit): .limited(now.advanced(bySeconds: limit.wait).upToSecond)
      case .passing: .failed
      case .final: response.status >= 500 ? .failed : .refused
      }
    self.init(
      call: call.name, status: response.status, said: hide(Self.said(response, attempt.refusal)), kind: kind,
      codes: attempt.refusal?.problems.compactMap(\.code) ?? [],
      advice: GitHubHints.hint(response, call, attempt.refusal).map(hide), attempts: attempts,
      mayHaveBeenCarriedOut: isInDoubt, isTransient: attempt.kind != .final)
  }

  private static let network = "check the network, and GITHUB_API_URL if it is set"

  private static func said(_ response: HTTPResponse, _ refusal: GitHubWire.Refusal?) -> String {
    guard let refusal else {
      let type = response.header("content-type") ?? "nothing readable"
      return response.body.isEmpty ? "" : "(\(type) in place of JSON)".onOneLine(100)
    }
    let problems = refusal.problems.compactMap(\.text).filter { !$0.isEmpty }
    let all = problems.isEmpty ? "" : " (\(problems.joined(separator: "; ")))"
    return "\(refusal.message)\(all)".onOneLine(400)
  }
}

extension UTCInstant {
  /// Rounded up.
  fileprivate var upToSecond: UTCInstant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(999_999_999)
    return overflow ? self : UTCInstant(nanoseconds: sum - sum % 1_000_000_000)
  }
}
