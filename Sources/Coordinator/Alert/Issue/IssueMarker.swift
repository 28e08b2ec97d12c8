import Shared

/// What an issue's body says to the next run.
struct IssueMarker: Codable, Sendable, Equatable {
  enum Kind: String, Codable, Sendable {
    /// The service does not do what it should.
    case service
    /// The load test itself does not run.
    case harness
  }

  /// What people have read last: when it was opened, or in a comment.
  struct Told: Codable, Sendable, Equatable {
    let run: RunID
    let startedAt: UTCInstant
    /// Which failing night it was.
    let nights: Int
    /// Thresholds, the worst first.
    let crossed: [String]
    /// How far past its limit the worst was, as a share of that.
    let breach: Double?
    /// The endpoint that had moved most.
    let top: String?

    private enum CodingKeys: String, CodingKey {
      case run, nights, crossed, breach, top
      case startedAt = "started_at"
    }
  }

  var schema = Self.current
  var kind: Kind
  /// By which it was edited last.
  var run: RunID
  /// With which the trouble began.
  var since: RunID?
  /// Of the trouble.
  var nights: Int
  var verdict: Verdict
  var told: Told
  /// We closed it with this edit: whoever finds it open knows that somebody has opened it again.
  var isClosed = false
  /// The issue that says the same.
  var duplicateOf: Int?

  static let current = 1
  /// Of the thresholds that are remembered.
  static let most = 50

  private enum CodingKeys: String, CodingKey {
    case schema, kind, run, since, nights, verdict, told
    case isClosed = "closed"
    case duplicateOf = "duplicate_of"
  }
}

extension IssueMarker {
  init(_ facts: AlertFacts, kind: Kind, told: Told? = nil) {
    let situation = facts.situation
    let nights = kind == .harness ? situation?.incompleteNights : situation?.failing?.nights
    self.init(
      kind: kind, run: facts.plan.run,
      since: kind == .harness ? nil : situation?.failing?.first.run ?? facts.onset?.run,
      nights: nights ?? 0, verdict: facts.verdict, told: told ?? Told(facts))
  }

  /// - Returns: `nil` for a text without a marker of the suite; a marker without a state for a damaged one.
  static func find(_ suite: String, in text: String?) -> Found? {
    guard let json = HiddenMarker.json(suite, in: text) else { return nil }
    let marker = try? decoded(IssueMarker.self, from: Array(json.utf8), name: "marker")
    return Found(state: marker?.schema == current ? marker : nil)
  }

  struct Found: Sendable, Equatable {
    /// `nil` for one that cannot be read.
    let state: IssueMarker?
  }

  func line(_ suite: String) throws -> String { try HiddenMarker.line(suite, self) }
}

extension IssueMarker.Told {
  init(_ facts: AlertFacts) {
    self.init(
      run: facts.plan.run, startedAt: facts.record.startedAt,
      nights: facts.situation?.failing?.nights ?? 0,
      crossed: facts.breaches.prefix(IssueMarker.most).map(\.shortName),
      // JSON has no infinity.
      breach: facts.worstBreach.map { min($0, 1e9) }, top: facts.top.map { AlertText.name($0) })
  }
}

/// The first line of a comment of ours.
struct CommentMarker: Codable, Sendable, Equatable {
  let run: RunID
  /// When the run started: an older one does not write over it.
  let startedAt: UTCInstant

  private enum CodingKeys: String, CodingKey {
    case run
    case startedAt = "started_at"
  }

  init(_ facts: AlertFacts) { (run, startedAt) = (facts.plan.run, facts.record.startedAt) }

  static func find(_ suite: String, in text: String?) -> CommentMarker? {
    HiddenMarker.json(suite, in: text, isFirst: true).flatMap {
      try? decoded(CommentMarker.self, from: Array($0.utf8), name: "marker")
    }
  }

  func line(_ suite: String) throws -> String { try HiddenMarker.line(suite, self) }
}
