import Shared

/// A part of the sentences under the headline.
struct LedePart {
  let text: String
  var isStrong = false
  var isCode = false

  static func plain(_ text: String) -> LedePart { LedePart(text: text) }
  static func strong(_ text: String) -> LedePart { LedePart(text: text, isStrong: true) }
  static func code(_ text: String) -> LedePart { LedePart(text: text, isCode: true) }
}

extension LedePart {
  static func parts(_ night: PageNight, _ facts: PageFacts, _ headline: Headline) -> [LedePart] {
    if night.state == .incomplete { return unjudged(night, facts) }
    if night.isBad, let step = facts.openStep { return rise(step, night, facts, headline) }
    if night.state == .degraded { return [reasons(night)].compactMap(\.self) }
    return usual(night, facts, headline) + [failures(night, facts)].compactMap(\.self)
  }

  private static func reasons(_ night: PageNight) -> LedePart? {
    let reason = PageText.sentence(night.record.reasons.joined(separator: "; "), most: 160)
    return reason.isEmpty ? nil : .plain(reason + " ")
  }

  private static func unjudged(_ night: PageNight, _ facts: PageFacts) -> [LedePart] {
    let why = [reasons(night)].compactMap(\.self)
    guard let good = facts.nights.dropLast().last(where: \.isComplete) else { return why }
    return why + [
      .plain("The last complete night, "), .strong(PageText.longDay(good.date)),
      .plain(", had a p95 of \(PageText.msUnit(good.p95))."),
    ]
  }

  /// How a night that did not climb lies to the ones before.
  private static func usual(_ night: PageNight, _ facts: PageFacts, _ headline: Headline) -> [LedePart] {
    guard let p95 = night.p95 else { return [] }
    guard let range = night.range else { return night.state == .pass ? [lack(facts)] : [] }
    let isUsual = abs(p95 - range.usual) <= 2 * range.noise
    let (low, high) = (range.usual - 2 * range.noise, range.usual + 2 * range.noise)
    return [
      .plain(headline.isAboutP95 ? "That is " : "The p95 of \(PageText.msUnit(p95)) is "),
      .strong(isUsual ? "as usual" : "\(PageText.changeText(p95, range.usual)) on the usual"),
      .plain(": ordinary nights stay between \(PageText.ms(max(0, low))) and \(PageText.msUnit(high)). "),
    ]
  }

  private static func lack(_ facts: PageFacts) -> LedePart {
    let count = facts.comparableCount
    let since = facts.hasOtherTests ? " since the test changed" : ""
    return .plain(
      "The usual range needs \(PageFacts.usualNeeds) complete nights; there \(count == 1 ? "is" : "are") "
        + "\(count) so far\(since). ")
  }

  private static func failures(_ night: PageNight, _ facts: PageFacts) -> LedePart? {
    guard night.state == .pass, let errors = night.record.errorRate else { return nil }
    let share = PageText.rate(errors, limit: facts.newestLimits.errorRate)
    let requests = night.record.requests.map { "\(PageText.grouped(Double($0))) requests" } ?? "requests"
    return .plain("\(share) of \(requests) failed.")
  }
}

// MARK: - a step

extension LedePart {
  private static func rise(
    _ step: PageStep, _ night: PageNight, _ facts: PageFacts, _ headline: Headline
  ) -> [LedePart] {
    let what = headline.isAboutP95 ? "median" : "median p95"
    let nights = night.record.isOrdinary ? "nights" : "complete nights"
    let size = PageText.changeText(step.middle, step.range.usual).replacing("+", with: "")
    let release = PageText.outside(facts.nights.release(newWith: step.onset.run), most: 24)
    let onset =
      PageText.longDay(step.onset.night) + (release.isEmpty ? "" : ", the first night with \(release)")
    let carriers = carriers(facts)
    let ending = carriers.isEmpty ? "." : "; "
    return [
      .plain("The \(what) of the last three \(nights) is "), .strong("\(size) above"),
      .plain(" the usual \(PageText.msUnit(step.range.usual)). The climb began on \(onset)\(ending)"),
    ] + carriers
  }

  /// Which endpoints bear it, and whether alone: by their change times their share of requests.
  private static func carriers(_ facts: PageFacts) -> [LedePart] {
    guard let night = facts.nights.last else { return [] }
    let moves = moved(night, since: facts.reference)
    let slower = moves.filter { $0.change >= 0.08 }.prefix(2)
    guard let first = slower.first else { return [] }
    var parts: [LedePart] = [.code(PageText.outside(first.endpoint.name, most: 28))]
    for other in slower.dropFirst() {
      parts += [.plain(" and "), .code(PageText.outside(other.endpoint.name, most: 28))]
    }
    return parts + [.plain(" \(verb(Array(slower), moves)).")]
  }

  private static func verb(_ carriers: [EndpointMove], _ moves: [EndpointMove]) -> String {
    let all = moves.map(\.weight).filter { $0 > 0 }.reduce(0, +)
    let share = carriers.map(\.weight).reduce(0, +) / all
    let verb = carriers.count > 1 ? "carry" : "carries"
    return share >= 0.8 ? "\(verb) almost all of it" : share >= 0.5 ? "\(verb) most of it" : "moved most"
  }
}

extension PageFacts {
  /// The test has changed within the history.
  var hasOtherTests: Bool { nights.contains(where: \.isTestChanged) }
}
