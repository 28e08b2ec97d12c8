/// What people are told of a run by e-mail and on their pagers, besides what the issue says.
struct Notice: Sendable, Equatable {
  enum Audience: String, Sendable {
    /// On call for the service under test.
    case service
    /// Who looks after the load test itself.
    case harness
  }

  enum Kind: String, Sendable {
    /// Opens an incident, or says that it goes on.
    case alarm
    /// Ends the incident.
    case ok
    /// Nobody is woken.
    case mail
  }

  let audience: Audience
  let kind: Kind
}

extension Notice {
  /// The trouble goes on, and people are told again.
  private static let again = 3

  /// - Parameter told: what each audience has heard last, an alarm or an OK, as far as that is known: an alarm or an OK
  ///   that never came is made up for.
  /// - Returns: in the order of sending; empty when nothing has changed.
  static func of(
    _ situation: Situation, _ notify: AlertSettings.Notify, told: [Audience: Kind]
  ) -> [Notice] {
    let due = of(situation, notify)
    let going: [Audience: Bool] = [
      .service: situation.failing != nil, .harness: situation.incompleteNights > 1,
    ]
    let owed = [Audience.harness, .service].compactMap { audience -> Notice? in
      if due.contains(where: { $0.audience == audience && $0.kind != .mail }) { return nil }
      let isAlarmed = told[audience] == .alarm
      guard isAlarmed != (going[audience] ?? false) else { return nil }
      return Notice(audience: audience, kind: isAlarmed ? .ok : .alarm)
    }
    return due.filter { notice in !owed.contains { $0.audience == notice.audience } } + owed
  }

  static func of(_ situation: Situation, _ notify: AlertSettings.Notify) -> [Notice] {
    var notices: [Notice] = []
    if situation.incompleteNightsBefore > 1 { notices.append(Notice(audience: .harness, kind: .ok)) }
    let kind: Kind? =
      switch situation.run.verdict {
      case .fail: failing(situation, notify)
      case .pass: passing(situation)
      case .degraded: situation.failing == nil && !situation.wasDegraded ? .mail : nil
      case .incomplete: incomplete(situation, notify)
      }
    if let kind {
      notices.append(Notice(audience: situation.isAboutHarness ? .harness : .service, kind: kind))
    }
    return notices
  }

  private static func failing(_ situation: Situation, _ notify: AlertSettings.Notify) -> Kind? {
    guard let failing = situation.failing else { return nil }
    let isFirst = failing.first.run == situation.run.run
    let isDue = failing.isNewNight && failing.nights % again == 0
    return isFirst || isDue || notify == .always ? .alarm : nil
  }

  private static func passing(_ situation: Situation) -> Kind? {
    if situation.recovered != nil { return .ok }
    return situation.failing == nil && situation.wasDegraded ? .mail : nil
  }

  /// The first night may be anything; the second in a row is a trouble of its own.
  private static func incomplete(_ situation: Situation, _ notify: AlertSettings.Notify) -> Kind? {
    let nights = situation.incompleteNights
    if nights == 1 { return situation.isFirstUncancelled ? .mail : nil }
    let isDue = situation.isNewIncompleteNight && (nights == 2 || nights % again == 0)
    return isDue || notify == .always ? .alarm : nil
  }
}
