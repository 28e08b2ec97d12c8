import Foundation
import TestSupport

/// What the stand-in says.
struct EnqueueAnswer: Sendable, Equatable {
  let status: Int
  let body: JSON
  var retryAfter: Int?

  static func taken(_ dedupKey: String) -> EnqueueAnswer {
    EnqueueAnswer(
      status: 202,
      body: ["status": "success", "message": "Event processed", "dedup_key": .string(dedupKey)])
  }

  static func refused(_ errors: [String]) -> EnqueueAnswer {
    EnqueueAnswer(
      status: 400,
      body: [
        "status": "invalid event", "message": "Event object is invalid",
        "errors": .array(errors.map(JSON.string)),
      ])
  }
}

/// Everything the stand-in knows.
actor PagerDutyState {
  struct Event: Sendable, Equatable {
    /// As it came; `null` when it was no JSON.
    let event: JSON
    /// `nil` for a request that got none.
    let status: Int?

    var json: JSON { JSON(["event": event, "status": status.map { .number(Double($0)) }]) }
  }

  struct Incident: Sendable, Equatable {
    let key: String
    let dedupKey: String
    var isOpen: Bool
    /// Of the newest trigger.
    var summary: String
    var severity: String
    var triggers: Int

    var json: JSON {
      [
        "dedup_key": .string(dedupKey), "routing_key": .string(key),
        "status": .string(isOpen ? "open" : "resolved"), "summary": .string(summary),
        "severity": .string(severity), "triggers": .number(Double(triggers)),
      ]
    }
  }

  enum Course: Sendable {
    case now(EnqueueAnswer)
    case never, hanging
  }

  private let keys: Set<String>
  private(set) var events: [Event] = []
  private(set) var incidents: [Incident] = []
  private var faults: [PagerDutyFault] = []

  init(keys: Set<String>) { self.keys = keys }

  /// For the next requests, one after the other.
  func setFaults(_ faults: [PagerDutyFault]) { self.faults = faults.filter { $0.times > 0 } }

  func enqueue(_ body: Data, contentType: String?) -> Course {
    let event = try? JSON(body)
    let fault = nextFault()
    if let answer = fault?.answer {
      events.append(Event(event: event ?? .null, status: answer.status))
      return .now(answer)
    }
    let answer = answer(event, bytes: body.count, contentType)
    let isSilent = fault != nil
    events.append(Event(event: event ?? .null, status: isSilent ? nil : answer.status))
    switch fault?.kind {
    case .cut?: return .never
    case .hang?: return .hanging
    default: return .now(answer)
    }
  }

  private func nextFault() -> PagerDutyFault? {
    guard let fault = faults.first else { return nil }
    faults[0].times -= 1
    if faults[0].times == 0 { faults.removeFirst() }
    return fault
  }

  private func answer(_ event: JSON?, bytes: Int, _ contentType: String?) -> EnqueueAnswer {
    guard bytes <= 512 << 10 else {
      return EnqueueAnswer(
        status: 413, body: ["status": "too large", "message": "Event object is too large"])
    }
    guard let event, event.object != nil, contentType?.hasPrefix("application/json") == true else {
      return EnqueueAnswer(
        status: 400,
        body: [
          "status": "Unrecognized object", "message": "Event object format is unrecognized",
          "errors": ["JSON parse error"],
        ])
    }
    let errors = PagerDutyContract.errors(event)
    guard errors.isEmpty else { return .refused(errors) }
    guard let key = event["routing_key"]?.string, keys.contains(key) else {
      return .refused(["Invalid routing key"])
    }
    let dedupKey = event["dedup_key"]?.string ?? UUID().uuidString.replacing("-", with: "").lowercased()
    carryOut(event, key, dedupKey)
    return .taken(dedupKey)
  }

  /// A resolve of what is not open is dropped, and so is one by another integration's key.
  private func carryOut(_ event: JSON, _ key: String, _ dedupKey: String) {
    let open = incidents.lastIndex { $0.key == key && $0.dedupKey == dedupKey && $0.isOpen }
    switch event["event_action"]?.string {
    case "trigger":
      let (summary, severity) = (
        event["payload"]?["summary"]?.string ?? "", event["payload"]?["severity"]?.string ?? ""
      )
      guard let open else {
        incidents.append(
          Incident(
            key: key, dedupKey: dedupKey, isOpen: true, summary: summary, severity: severity, triggers: 1))
        return
      }
      incidents[open].triggers += 1
      (incidents[open].summary, incidents[open].severity) = (summary, severity)
    case "resolve": if let open { incidents[open].isOpen = false }
    default: break
    }
  }
}

/// What happens to a request instead.
struct PagerDutyFault: Sendable, Equatable {
  enum Kind: String, Sendable, CaseIterable { case throttle, fail, cut, hang }

  let kind: Kind
  var times = 1
  /// Seconds, with 429.
  var retryAfter: Int?

  /// Of those that are not carried out.
  var answer: EnqueueAnswer? {
    switch kind {
    case .throttle:
      EnqueueAnswer(
        status: 429,
        body: [
          "status": "throttle exceeded", "message": "Requests for this service are arriving too quickly",
        ],
        retryAfter: retryAfter)
    case .fail:
      EnqueueAnswer(status: 500, body: ["status": "error", "message": "Internal Server Error"])
    case .cut, .hang: nil
    }
  }

  /// Whatever is not understood is refused: a test whose fault never happens is green for nothing.
  static func list(_ json: JSON) throws -> [PagerDutyFault] {
    struct Refusal: Error, CustomStringConvertible { let description: String }
    guard let list = json.array else { throw Refusal(description: "expected a list of faults") }
    return try list.map { fault in
      let known: Set = ["fault", "times", "retry_after"]
      guard let members = fault.object, let kind = Kind(rawValue: members["fault"]?.string ?? ""),
        Set(members.keys).isSubset(of: known)
      else {
        let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refusal(
          description:
            "expected 'fault' (one of \(kinds)), 'times' and 'retry_after'; found \(String(decoding: fault.text, as: UTF8.self))"
        )
      }
      return PagerDutyFault(
        kind: kind, times: members["times"]?.integer ?? 1, retryAfter: members["retry_after"]?.integer)
    }
  }
}
