import TestSupport

/// What PagerDuty says of events, member by member: its reference of the Events API v2. Where that says nothing of further
/// members, they are refused: whatever is sent has to be documented.
enum PagerDutyContract {
  /// - Returns: what is wrong, as PagerDuty words it; empty when nothing is.
  static func errors(_ event: JSON) -> [String] {
    var check = PagerDutyCheck()
    check.members(
      event, "",
      known: [
        "routing_key", "event_action", "dedup_key", "payload", "images", "links", "client", "client_url",
      ])
    check.routingKey(event["routing_key"])
    let action = check.word(
      event["event_action"], "event_action", among: ["trigger", "acknowledge", "resolve"])
    check.text(event["dedup_key"], "dedup_key", isRequired: action != nil && action != "trigger", most: 255)
    check.text(event["client"], "client")
    check.address(event["client_url"], "client_url")
    check.list(event["links"], "links", required: "href", known: ["href", "text"])
    check.list(event["images"], "images", required: "src", known: ["src", "href", "alt"])
    if let payload = event["payload"] {
      check.payload(payload)
    } else if action == "trigger" {
      check.errors.append("'payload' is missing or blank")
    }
    return check.errors
  }
}

/// Collects what is wrong.
private struct PagerDutyCheck {
  var errors: [String] = []

  mutating func payload(_ payload: JSON) {
    members(
      payload, "payload.",
      known: ["summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"])
    text(payload["summary"], "payload.summary", isRequired: true, most: 1024)
    text(payload["source"], "payload.source", isRequired: true)
    _ = word(payload["severity"], "payload.severity", among: ["critical", "error", "warning", "info"])
    for name in ["component", "group", "class"] { text(payload[name], "payload.\(name)") }
    timestamp(payload["timestamp"])
    if let details = payload["custom_details"], details.object == nil {
      errors.append("'payload.custom_details' is invalid (must be an object)")
    }
  }

  mutating func members(_ object: JSON, _ place: String, known: Set<String>) {
    guard let members = object.object else {
      return errors.append("'\(place)' is invalid (must be an object)")
    }
    for name in Set(members.keys).subtracting(known).sorted() {
      errors.append("'\(place)\(name)' is unknown")
    }
  }

  mutating func routingKey(_ value: JSON?) {
    guard let key = value?.string, !key.isEmpty else {
      return errors.append("'routing_key' is missing or blank")
    }
    if key.utf8.count != 32 {
      errors.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    }
    if !key.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }) {
      errors.append("'routing_key' cannot contain non-alphanumeric characters.")
    }
  }

  mutating func text(_ value: JSON?, _ name: String, isRequired: Bool = false, most: Int? = nil) {
    guard let value else {
      if isRequired { errors.append("'\(name)' is missing or blank") }
      return
    }
    guard let text = value.string else { return errors.append("'\(name)' is invalid (must be a string)") }
    if isRequired, text.isEmpty { errors.append("'\(name)' is missing or blank") }
    if let most, text.unicodeScalars.count > most {
      errors.append("'\(name)' is too long (maximum is \(most) characters)")
    }
  }

  mutating func word(_ value: JSON?, _ name: String, among words: [String]) -> String? {
    guard let value else {
      errors.append("'\(name)' is missing or blank")
      return nil
    }
    if let word = value.string, words.contains(word) { return word }
    let list = words.map { "'\($0)'" }
    errors.append(
      "'\(name)' is invalid (must be one of the following: \(list.dropLast().joined(separator: ", ")) or \(list.last ?? ""))"
    )
    return nil
  }

  mutating func address(_ value: JSON?, _ name: String) {
    guard let value else { return }
    let text = value.string ?? ""
    guard text.hasPrefix("https://") || text.hasPrefix("http://"), !text.contains(" ") else {
      return errors.append("'\(name)' is invalid (must be a URL)")
    }
  }

  mutating func list(_ value: JSON?, _ name: String, required: String, known: Set<String>) {
    guard let value else { return }
    guard let items = value.array else { return errors.append("'\(name)' is invalid (must be an array)") }
    for (index, item) in items.enumerated() {
      let place = "\(name)[\(index)]."
      members(item, place, known: known)
      if item[required] == nil { errors.append("'\(place)\(required)' is missing or blank") }
      for member in known.sorted() {
        let isText = ["text", "alt"].contains(member)
        if isText { text(item[member], place + member) } else { address(item[member], place + member) }
      }
    }
  }

  /// ISO 8601 with an offset.
  mutating func timestamp(_ value: JSON?) {
    guard let value else { return }
    let form = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/#
    guard let text = value.string, text.wholeMatch(of: form) != nil else {
      return errors.append("'payload.timestamp' is invalid (must be in ISO 8601)")
    }
  }
}
