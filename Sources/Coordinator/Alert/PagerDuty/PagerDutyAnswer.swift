import Foundation
import Shared

/// What came back for an event.
enum PagerDutyAnswer: Sendable, Equatable {
  case taken
  /// The same again would be refused again: 400 and what else is neither of these.
  case refused(status: Int, said: String)
  /// 429, 5xx.
  case busy(status: Int, said: String, retryAfter: Double?)
  /// No whole answer; it may have been taken all the same.
  case cut(String, isFinal: Bool)

  init(_ response: HTTPResponse) {
    let said = Self.said(response.body)
    switch response.status {
    case 202, 200: self = .taken
    case 429, 500...599:
      let seconds = response.header("retry-after").flatMap { Double($0) }
      self = .busy(
        status: response.status, said: said, retryAfter: seconds.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
      )
    default: self = .refused(status: response.status, said: said)
    }
  }

  init(_ failure: HTTPFailure) { self = .cut(failure.description, isFinal: failure.isFinal) }

  private struct Body: Decodable {
    let status: String?
    let message: String?
    let errors: [String]?
  }

  /// ` (invalid event: Event object is invalid: Length of 'routing_key' is incorrect)`
  private static func said(_ bytes: [UInt8]) -> String {
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(bytes)) else { return "" }
    let errors = (body.errors ?? []).prefix(5).map { PlainText.outside($0, most: 200) }.joined(
      separator: "; ")
    let parts = [body.status, body.message, errors].map { PlainText.outside($0, most: 1000) }
      .filter { !$0.isEmpty }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ": ")))"
  }

  /// - Parameter attempts: after which this was the answer.
  func sentence(attempts: Int) -> String {
    let tries = attempts > 1 ? " after \(attempts) attempts" : ""
    switch self {
    case .taken: return "PagerDuty took the event"
    case .refused(let status, let said):
      let advice =
        said.contains("outing") ? "check \(PagerDutyKeys.service) and \(PagerDutyKeys.harness)" : nil
      return "PagerDuty refused the event\(tries): HTTP \(status)\(said)" + (advice.map { ": \($0)" } ?? "")
    case .busy(let status, let said, _):
      return "PagerDuty did not take the event\(tries): HTTP \(status)\(said)"
    case .cut(let what, _):
      return
        "PagerDuty gave no answer\(tries): \(what); the event may have been taken, and does no harm a second time"
    }
  }
}

/// How long an event is tried. PagerDuty asks to wait some time after 429 and 5xx; there is about a minute.
enum PagerDutyPatience {
  /// Between the attempts.
  private static let delays = [1.0, 2, 4, 8, 16, 20]
  private static let most = 60.0

  /// - Parameter elapsed: since the first attempt; in seconds.
  /// - Returns: `nil` when it is not tried again.
  static func delay(after attempts: Int, _ answer: PagerDutyAnswer, elapsed: Double) -> Double? {
    guard attempts >= 1, attempts <= delays.count else { return nil }
    let asked: Double
    switch answer {
    case .taken, .refused, .cut(_, isFinal: true): return nil
    case .busy(_, _, let retryAfter): asked = retryAfter ?? 0
    case .cut(_, isFinal: false): asked = 0
    }
    let delay = max(delays[attempts - 1], asked)
    return elapsed + delay <= most ? delay : nil
  }
}
