import Shared

/// The figure that decided, and its limit.
struct Headline {
  let line1: String
  let line2: String
  /// What follows may say "that" of it.
  let isAboutP95: Bool

  private init(_ line1: String, _ line2: String = "", isAboutP95: Bool = false) {
    (self.line1, self.line2, self.isAboutP95) = (line1, line2, isAboutP95)
  }

  init(_ night: PageNight, _ facts: PageFacts, isTonight: Bool) {
    switch night.state {
    case .incomplete: self.init(unjudged: night.record, isTonight: isTonight)
    case .fail: self.init(breach: night, facts.newestLimits)
    case .degraded:
      let usual = facts.openStep?.range.usual ?? night.record.usual ?? night.range?.usual
      self.init(p95: night.p95, second: usual.map { "Usual is \(PageText.ms($0))." } ?? "")
    default:
      guard night.p95 != nil else {
        self.init(isTonight ? "Tonight passed." : "This night passed.")
        return
      }
      let limit = facts.newestLimits.p95.map { "The limit is \(PageText.ms($0))." }
      let usual = night.range.map { "Usual is \(PageText.ms($0.usual))." }
      self.init(p95: night.p95, second: limit ?? usual ?? "")
    }
  }

  private init(p95: Double?, second: String) {
    self.init("p95 is \(PageText.msUnit(p95)).", second, isAboutP95: true)
  }

  private init(unjudged record: HistoryRecord, isTonight: Bool) {
    var line2 = "Too little data."
    if let got = record.shardsReceived, let want = record.shardsExpected, got < want {
      line2 = "\(PageText.grouped(Double(got))) of \(PageText.plural(want, "shard")) reported."
    }
    self.init(isTonight ? "No verdict tonight." : "No verdict.", line2)
  }

  private init(breach night: PageNight, _ limits: PageLimits) {
    let record = night.record
    if let errors = record.errorRate, let limit = limits.errorRate, night.isOver(errors, limit) {
      self.init(
        "\(PageText.rate(errors, limit: limit)) of requests failed.",
        "The limit is \(PageText.limitRate(limit)).")
    } else if let p95 = record.p95, let limit = limits.p95, night.isOver(p95, limit) {
      self.init(p95: p95, second: "The limit is \(PageText.ms(limit)).")
    } else if let rate = record.requestRate, let floor = limits.requestRate, night.isUnder(rate, floor) {
      self.init(
        "\(PageText.perSecond(rate)) requests a second.", "The floor is \(PageText.perSecond(floor)).")
    } else {
      let reason = PageText.sentence(record.reasons.first, most: 120)
      self.init(reason.isEmpty ? "A threshold was crossed." : reason)
    }
  }
}

extension PageNight {
  /// The history holds rounded figures, and some limits may be reached: at the limit itself the verdict says which.
  func isOver(_ value: Double, _ limit: Double) -> Bool {
    value > limit || value == limit && state == .fail
  }

  func isUnder(_ value: Double, _ floor: Double) -> Bool {
    value < floor || value == floor && state == .fail
  }
}
