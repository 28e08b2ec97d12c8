import Shared

/// The verdict in a sentence, with what is behind it.
struct HeroView {
  struct Link {
    let href, text: String
  }

  let state, stateWord, kicker: String
  /// The figure that decided, and its limit.
  let line1, line2: String
  let lede: [LedePart]
  let action: Link?
  let links: [Link]
  let hasBullets: Bool
  let bullets: [BulletView]

  /// Of the newest night.
  /// - Parameter isTonight: `false`: it is long past.
  init(_ facts: PageFacts, isTonight: Bool = true) {
    if let night = facts.nights.last {
      self.init(night, facts, isTonight: isTonight)
    } else {
      self.init(beforeTheFirst: facts)
    }
  }

  private init(_ night: PageNight, _ facts: PageFacts, isTonight: Bool) {
    let headline = Headline(night, facts, isTonight: isTonight)
    (state, stateWord) = (night.state.rawValue, night.state.word)
    kicker = isTonight ? Self.kicker(night, facts) : "\(stateWord), \(Self.date(night))"
    line1 = headline.line1.replacing(PageText.thin, with: PageText.noBreak)
    line2 = headline.line2.replacing(PageText.thin, with: PageText.noBreak)
    lede = LedePart.parts(night, facts, headline)
    action = isTonight && night.isBad ? Self.issue(night, facts) : nil
    links = isTonight ? Self.links(night, facts) : Self.pastLinks(night)
    bullets = BulletView.all(night, facts.newestLimits)
    hasBullets = !bullets.isEmpty
  }

  private init(beforeTheFirst facts: PageFacts) {
    (state, stateWord) = (PageState.none.rawValue, PageState.none.word)
    (kicker, line1) = ("Nothing to show yet", "No nights yet.")
    line2 = facts.firstRun.map { "The first is due at \($0)." } ?? ""
    lede = [
      .plain(
        "After the first run this page shows its verdict; after \(PageFacts.usualNeeds) complete nights also "
          + "what is usual.")
    ]
    (action, links, bullets, hasBullets) = (nil, [], [], false)
  }

  private static func date(_ night: PageNight) -> String {
    "\(PageText.weekday(night.date)), \(PageText.fullDay(night.date))"
  }

  /// `Failing, second night`
  private static func kicker(_ night: PageNight, _ facts: PageFacts) -> String {
    let word =
      switch night.state {
      case .pass: "Passing"
      case .fail: "Failing"
      default: night.state.word
      }
    let streak = facts.nights.reversed().prefix { $0.state == night.state }.count
    return streak > 1 || night.isBad ? "\(word), \(PageText.ordinal(streak)) night" : word
  }
}

extension PageNight {
  /// Something is to be done about it.
  var isBad: Bool { state == .fail || state == .degraded }
}

extension PageFacts {
  /// Those the newest night was held to.
  var newestLimits: PageLimits { nights.last?.details?.limits ?? limits }
}

extension HeroView {
  private static func issue(_ night: PageNight, _ facts: PageFacts) -> Link? {
    let number = facts.issueNumber ?? night.record.issue
    let guess = night.record.repositoryURL.flatMap { url in number.map { "\(url)/issues/\($0)" } }
    return PageText.webAddress(facts.issueURL ?? guess).map { address in
      Link(href: address, text: number.map { "Open issue #\($0)" } ?? "Open the issue")
    }
  }

  private static func links(_ night: PageNight, _ facts: PageFacts) -> [Link] {
    let page = Link(href: nightAddress(night, newest: night.date), text: "This night")
    return [comparison(night, facts), page, link(night.record.workflowRunURL, "Run log")].compactMap(\.self)
  }

  private static func pastLinks(_ night: PageNight) -> [Link] {
    let record = night.record
    return [
      link(record.workflowRunURL, "Run log"), link(record.artifactsURL, "Files"),
      link(record.commitURL, "Commit \(record.shortCommit)"),
    ].compactMap(\.self)
  }

  private static func link(_ address: String?, _ text: String) -> Link? {
    PageText.webAddress(address).map { Link(href: $0, text: text) }
  }

  /// What has been committed since the night it is compared with.
  private static func comparison(_ night: PageNight, _ facts: PageFacts) -> Link? {
    let (then, now) = (facts.reference?.record.shortCommit ?? "", night.record.shortCommit)
    guard night.isBad, !then.isEmpty, !now.isEmpty, then != now else { return nil }
    return link(
      night.record.repositoryURL.map { "\($0)/compare/\(then)...\(now)" }, "Compare \(then)…\(now)")
  }
}
