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
