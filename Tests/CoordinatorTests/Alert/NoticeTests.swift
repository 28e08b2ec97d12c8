import Shared
import Testing

@testable import Coordinator

@Suite struct NoticeTests {
  /// What each night of a story tells, nights with a space between them: `a` alarm, `o` ok, `m` mail, of the service; in
  /// capitals of the harness; `-` nothing.
  @Test(
    arguments: [
      ("PP", "- -", "- -"),
      ("PFFFFFFP", "- a - a - - a o", "- a a a a a a o"),
      ("PFPF", "- a o a", "- a o a"),
      ("PfPfPP", "- a - - - o", "- a - a - o"),
      ("PFF+FF", "- a - - a", "- a a a a"),
      ("PDDDP", "- m - - m", "- m - - m"),
      ("PFDP", "- a - o", "- a - o"),
      ("PDFP", "- m a o", "- m a o"),
      ("PIP", "- M -", "- M -"),
      ("PIIIIIIP", "- M A A - - A O", "- M A A A A A O"),
      ("PIIF", "- M A Oa", "- M A Oa"),
      ("PI+IP", "- M - -", "- M - -"),
      ("PCP", "- - -", "- - -"),
      ("PCCP", "- - A O", "- - A O"),
      ("PFIFP", "- a M - o", "- a M a o"),
    ])
  func `people are told on a change, and every third night`(story: String, change: String, always: String) {
    let records = NightStory.records(story)
    func told(_ notify: AlertSettings.Notify) -> String {
      records.map { record in
        let situation = Situation(of: record.run, in: records, suite: "suite", branch: "main")
        let notices = situation.map { Notice.of($0, notify) } ?? []
        return notices.isEmpty ? "-" : notices.map(Self.letter).joined()
      }.joined(separator: " ")
    }
    #expect(told(.change) == change)
    #expect(told(.always) == always)
  }

  /// What was heard last, and what a night tells then: an alarm or an OK that never came is made up for.
  @Test(
    arguments: [
      ("PFF", nil, "a"), ("PFF", "a", "-"), ("PFF", "o", "a"), ("PFPP", "a", "o"), ("PFPP", nil, "-"),
      ("PFPP", "o", "-"), ("PFP", "a", "o"), ("PIIP+P", "A", "O"), ("PIII", nil, "A"), ("PIIII", nil, "A"),
      ("PIIII", "A", "-"), ("PI", nil, "M"), ("PI", "a", "Mo"), ("PfP", "a", "-"), ("PFI", nil, "Ma"),
      ("PDD", nil, "-"), ("PFPD", "a", "o"),
    ] as [(String, String?, String)])
  func `what never came is made up for`(story: String, heard: String?, told: String) throws {
    let situation = try #require(NightStory.situation(story))
    let kind: Notice.Kind? = heard.map { $0.lowercased() == "a" ? .alarm : .ok }
    let audience: Notice.Audience = heard.map { $0 == $0.uppercased() } ?? false ? .harness : .service
    var last: [Notice.Audience: Notice.Kind] = [:]
    last[audience] = kind
    let notices = Notice.of(situation, .change, told: last)
    #expect((notices.isEmpty ? "-" : notices.map(Self.letter).joined()) == told)
  }

  private static func letter(_ notice: Notice) -> String {
    let letter =
      switch notice.kind {
      case .alarm: "a"
      case .ok: "o"
      case .mail: "m"
      }
    return notice.audience == .harness ? letter.uppercased() : letter
  }
}
