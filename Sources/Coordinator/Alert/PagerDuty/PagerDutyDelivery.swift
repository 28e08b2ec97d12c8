import Shared

/// Tells PagerDuty, by its Events API v2.
struct PagerDutyDelivery: Sendable {
  let transport: any HTTPTransport
  let keys: PagerDutyKeys
  let host: CoordinatorHost
  /// Is shown what would be sent, without the key; then it is not.
  var show: (@Sendable (String) -> Void)?

  /// Elsewhere for accounts in the EU: https://events.eu.pagerduty.com
  static let variable = "PAGERDUTY_API_URL"
  private static let usual = "https://events.pagerduty.com"

  /// - Throws: one sentence: ``PagerDutyError``, ``UsageError``.
  func send(_ notice: Notice, _ facts: AlertFacts) async throws -> AlertDelivery.Sent {
    guard let event = PagerDutyEvent(notice, facts) else {
      return AlertDelivery.Sent("nothing was sent: this wakes nobody")
    }
    let what =
      event.action == .resolve
      ? "incident \(event.dedupKey) was resolved" : "incident \(event.dedupKey) was triggered"
    guard let key = keys.key(notice.audience) else {
      return AlertDelivery.Sent(
        "nothing was sent: without \(PagerDutyKeys.harness) nobody is paged for the load test itself")
    }
    let address = try address()
    let request = HTTPRequest(
      method: "POST", scheme: address.scheme, host: address.host, path: "/v2/enqueue",
      headers: [("content-type", "application/json"), ("accept", "application/json")],
      body: Array(try jsonText(Keyed(event: event, key: key)).utf8), timeout: .seconds(10),
      replyLimit: 1 << 20)
    if let show {
      let body = try jsonText(Keyed(event: event, key: keys.description))
      show("POST \(address.scheme)://\(address.host)/v2/enqueue\n\(body)\n")
      return AlertDelivery.Sent("\(event.dedupKey): not sent")
    }
    try await send(request)
    return AlertDelivery.Sent(what)
  }

  /// - Throws: ``UsageError``
  private func address() throws(UsageError) -> WebAddress {
    let set = host.environment[Self.variable] ?? ""
    let text = set.isEmpty ? Self.usual : set
    // The key goes with every event.
    guard let address = WebAddress(text), address.path == "/", address.query.isEmpty,
      address.scheme == "https" || address.isLoopback
    else {
      throw UsageError(
        "\(Self.variable) '\(PlainText.outside(text))' is not understood: expected \(Self.usual) or https://events.eu.pagerduty.com"
      )
    }
    return address
  }

  /// The same event again does no harm: it has the same key of deduplication.
  private func send(_ request: HTTPRequest) async throws {
    let begun = host.now()
    var attempts = 0
    while true {
      attempts += 1
      let answer = try await answer(to: request)
      if case .taken = answer { return }
      let elapsed = max(0, host.now().seconds(since: begun))
      guard let delay = PagerDutyPatience.delay(after: attempts, answer, elapsed: elapsed) else {
        throw PagerDutyError(keys.hidden(answer.sentence(attempts: attempts)))
      }
      try await host.sleep(.seconds(delay))
    }
  }

  private func answer(to request: HTTPRequest) async throws -> PagerDutyAnswer {
    do { return PagerDutyAnswer(try await transport.send(request)) } catch let failure as HTTPFailure {
      return PagerDutyAnswer(failure)
    }
  }

  private struct Keyed: Encodable {
    let event: PagerDutyEvent
    let key: String

    private enum CodingKeys: String, CodingKey { case key = "routing_key" }

    func encode(to encoder: any Encoder) throws {
      try event.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(key, forKey: .key)
    }
  }
}

/// What PagerDuty, or the way to it, said: one sentence.
struct PagerDutyError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
