import Shared
import Testing

@testable import Coordinator

@Suite struct SituationTests {
  @Test(
    arguments: [
      ("P", nil), ("PF", 1), ("PFF", 2), ("PFIF", 2), ("PFDF", 2), ("PF.F", 2), ("PFF+F", 2), ("F+FF", 2),
      ("PFP", nil), ("PfP", 1), ("PfPP", nil), ("PfPfP", 2), ("PFfP", 2), ("PfFP", nil), ("PFI", 1),
      ("PFD", 1), ("PFPF", 1), ("PfDPP", nil), ("PfPIP", nil), ("PfPD", 1), ("I", nil), ("D", nil),
    ] as [(String, Int?)])
  func `a failing goes on until a pass that is more than noise at the limit`(story: String, nights: Int?) {
    #expect(NightStory.situation(story)?.failing?.nights == nights)
  }

  @Test func `a failing knows where it began, and the pass before`() throws {
    let situation = try #require(NightStory.situation("PPFIF"))
    #expect(situation.failing?.first.run.text == "night-2-2")
    #expect(situation.failing?.last.run.text == "night-4-2")
    #expect(situation.failing?.lastPass?.run.text == "night-1-2")
    #expect(NightStory.situation("F")?.failing?.lastPass == nil)
  }

  @Test func `only the run that ends a failing has recovered`() {
    #expect(NightStory.situation("PFFP")?.recovered?.nights == 2)
    #expect(NightStory.situation("PFFPP")?.recovered == nil)
    #expect(NightStory.situation("PfP")?.recovered == nil)
    #expect(NightStory.situation("PfPP")?.recovered?.nights == 1)
  }

  @Test func `a breach whose size is not known is ended by one pass`() {
    var records = NightStory.records("PFP")
    records[1].breach = nil
    let situation = Situation(of: records[2].run, in: records, suite: "suite", branch: "main")
    #expect(situation?.recovered != nil)
  }

  @Test(
    arguments: [
      ("PI", 1, 0), ("PII", 2, 0), ("PI+I", 1, 0), ("PI+IP", 0, 1), ("PIIF", 0, 2), ("PII+P", 0, 2),
      ("PIPI", 1, 0), ("PC", 1, 0), ("PI.I", 2, 0),
    ])
  func `incomplete nights in a row`(story: String, nights: Int, before: Int) {
    let situation = NightStory.situation(story)
    #expect(situation?.incompleteNights == nights)
    #expect(situation?.incompleteNightsBefore == before)
  }

  @Test func `degraded runs in a row`() {
    #expect(NightStory.situation("PDD")?.degradedRuns == 2)
    #expect(NightStory.situation("PDID")?.degradedRuns == 2, "an incomplete one says nothing")
    #expect(NightStory.situation("PDP")?.wasDegraded == true)
    #expect(NightStory.situation("PDPP")?.wasDegraded == false)
  }

  @Test func `runs of another branch, of another suite, and later ones do not count`() throws {
    let own = NightStory.records("PFF")
    var others = NightStory.records("PPP", ref: "feature")
    for index in others.indices { others[index].run = try #require(RunID("feature-\(index)")) }
    var foreign = NightStory.records("PPP")
    for index in foreign.indices {
      (foreign[index].suite, foreign[index].run) = ("other", try #require(RunID("other-\(index)")))
    }
    let all = (own + others + foreign).shuffled()
    let run = own[1].run
    #expect(Situation(of: run, in: all, suite: "suite", branch: "main")?.failing?.nights == 1)
    #expect(Situation(of: others[1].run, in: all, suite: "suite", branch: "main") == nil)
    #expect(Situation(of: try #require(RunID("none")), in: all, suite: "suite", branch: nil) == nil)
  }

  @Test(arguments: [("PC", false), ("PI", true), ("PC+I", true), ("PI+I", false), ("PI+C", false)])
  func `of a date the first that nobody has cancelled is told`(story: String, isTold: Bool) {
    #expect(NightStory.situation(story)?.isFirstUncancelled == isTold)
  }

  @Test func `a pass of another test ends a failing with the second one`() throws {
    var records = NightStory.records("PFPP")
    for index in [2, 3] { records[index].profile = "trial" }
    func failing(_ index: Int) -> Int? {
      Situation(of: records[index].run, in: records, suite: "suite", branch: "main")?.failing?.nights
    }
    #expect(failing(2) == 1)
    #expect(failing(3) == nil)
  }

  @Test func `what goes on is known from its first run`() {
    #expect(NightStory.situation("PI.I")?.incompleteSince?.run.text == "night-1-2")
    #expect(NightStory.situation("PDID")?.degradedSince?.run.text == "night-1-2")
    #expect(NightStory.situation("PDP")?.degradedSince == nil)
  }
}
