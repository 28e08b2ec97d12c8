/// A figure on a bar that is as long as its limit allows, and a bit more: the limit stands at 80 % of every bar, so that
/// the ticks stand in a line.
struct BulletView {
  let label, state, value, unit: String
  /// The margin in words.
  let note: String
  /// Widths and positions in percent of the bar.
  let fill: String
  /// The part over a limit, or under a floor.
  let hasMiss: Bool
  let missX, missWidth: String
  let hasUsual: Bool
  let usualX: String
}

extension BulletView {
  /// One for each limit that there is.
  static func all(_ night: PageNight, _ limits: PageLimits) -> [BulletView] {
    let record = night.record
    let bars = [
      limits.p95.map { latency(record.p95, $0, night) },
      limits.errorRate.map { errors(record.errorRate, $0, night) },
      limits.requestRate.map { throughput(record.requestRate, $0, night) },
    ]
    return bars.compactMap { $0.map { BulletView($0, night) } }
  }

  private static func latency(_ value: Double?, _ limit: Double, _ night: PageNight) -> Figure {
    let usual = night.range.map { ", usual \(PageText.ms($0.usual))" } ?? ""
    return Figure(
      label: "p95 latency", value: value, limit: limit, text: PageText.ms(value), unit: "ms",
      isMiss: value.map { night.isOver($0, limit) } ?? false, usual: night.range?.usual
    ) { value, isMiss in
      let distance = "\(PageText.msUnit(abs(value - limit))) \(isMiss ? "over" : "under")"
      return "\(value == limit ? "at" : distance) the limit of \(PageText.ms(limit))\(usual)"
    }
  }

  private static func errors(_ value: Double?, _ limit: Double, _ night: PageNight) -> Figure {
    let text = PageText.rate(value, limit: limit).split(separator: PageText.thin).first.map(String.init)
    return Figure(
      label: "Error rate", value: value, limit: limit, text: text ?? PageText.unknown, unit: "%",
      isMiss: value.map { night.isOver($0, limit) } ?? false
    ) { value, isMiss in
      "\(value == limit ? "at" : isMiss ? "over" : "under") the limit of \(PageText.limitRate(limit))"
    }
  }

  private static func throughput(_ value: Double?, _ floor: Double, _ night: PageNight) -> Figure {
    Figure(
      label: "Throughput", value: value, limit: floor, text: PageText.perSecond(value), unit: "/s",
      isMiss: value.map { night.isUnder($0, floor) } ?? false, isFloor: true
    ) { value, isMiss in
      let distance = "\(PageText.perSecond(abs(value - floor))) \(isMiss ? "under" : "above")"
      return "\(value == floor ? "at" : distance) the floor of \(PageText.perSecond(floor))"
    }
  }
}

/// What a bar is drawn from.
private struct Figure {
  let label: String
  let value: Double?
  let limit: Double
  let text, unit: String
  let isMiss: Bool
  var isFloor = false
  var usual: Double?
  let note: (_ value: Double, _ isMiss: Bool) -> String

  /// Of the bar.
  func reach(_ value: Double) -> Double { min(100, 80 * value / limit) }
}

extension BulletView {
  /// An incomplete night's figures are shown, and not held against a limit.
  fileprivate init(_ figure: Figure, _ night: PageNight) {
    let isJudged = night.state != .incomplete
    let isMiss = isJudged && figure.isMiss
    let reach = figure.value.map(figure.reach) ?? 0
    let miss = figure.isFloor ? (from: reach, to: 80) : (from: 80, to: reach)
    label = figure.label
    (value, unit) = (figure.text, figure.value == nil ? "" : figure.unit)
    if let value = figure.value {
      state = (!isJudged ? PageState.incomplete : isMiss ? .fail : .pass).rawValue
      note = isJudged ? figure.note(value, isMiss) : "not judged, the night is incomplete"
    } else {
      (state, note) = (PageState.none.rawValue, "no samples")
    }
    fill = PageText.percentText(figure.isFloor ? reach : min(reach, 80))
    hasMiss = isMiss
    missX = PageText.percentText(isMiss && miss.to > miss.from ? miss.from : reach)
    missWidth = PageText.percentText(isMiss ? max(miss.to - miss.from, 0.8) : 0)
    hasUsual = figure.usual != nil
    usualX = PageText.percentText(figure.usual.map(figure.reach) ?? 0)
  }
}
