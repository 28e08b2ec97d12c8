import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

/// With real git.
@Suite(.serialized) struct PagesBranchTests {
  private func days(_ numbers: Range<Int>) -> [String] { numbers.map(SampleSite.date) }

  @Test func `a first publication has all nights, also those that only the store has`() async throws {
    let remote = try await PagesRemote()
    for day in days(0..<3) { try await remote.append(day) }
    try await SitePublisher(store: remote.store, wait: { _ in }).publish { try await remote.site() }
    // Only the newest night is drawn again.
    var site = try await remote.site()
    site.files.removeFirst(2)
    let outcome = try await remote.publisher().publish(stored: StoredSite(store: remote.store)) { [site] in
      site
    }
    let seen = try await remote.seen()
    #expect(seen.problems.isEmpty && seen.runs == days(0..<3))
    #expect(try await remote.paths().contains(".nojekyll"))
    let commit = try #require(
      try await remote.log("%H|%an|%ae|%cn|%ce|%s|%(trailers:key=Published-By)").first)
    guard case .pushed(let pushed) = outcome else { return #expect(Bool(false), "\(outcome)") }
    let (name, email) = ("k6-grid", "k6-grid@users.noreply.github.com")
    #expect(
      commit
        == "\(pushed)|\(name)|\(email)|\(name)|\(email)|Load test report of \(SampleSite.date(2))|Published-By: k6-grid"
    )
    // Everything is there: nothing to commit is success.
    let again = try await remote.publisher().publish(stored: StoredSite(store: remote.store)) { [site] in site
    }
    #expect(again == .unchanged)
    #expect(try await remote.log("%H") == [pushed])
    try await remote.check()
  }

  @Test func `a night that was drawn again for the store since is drawn again in the branch`() async throws {
    let remote = try await PagesRemote()
    for day in days(0..<3) { try await remote.append(day) }
    try await remote.publish()
    var site = try await remote.site()
    site.files[0] = Site.File(site.files[0].path, "drawn again")
    try await SitePublisher(store: remote.store, wait: { _ in }).publish { [site] in site }
    let path = site.files.removeFirst().path
    _ = try await remote.publisher().publish(stored: StoredSite(store: remote.store)) { [site] in site }
    #expect(try await remote.text(path) == "drawn again")
    try await remote.check()
  }

  @Test func `people's commits and folders stay, ours is one at the most between them`() async throws {
    let remote = try await PagesRemote()
    for number in 0..<3 { try await remote.person(writes: "docs/\(number).md", "page \(number)") }
    let theirs = try await remote.log("%H")
    for day in days(0..<10) {
      try await remote.append(day)
      try await remote.publish("load/nightly")
    }
    #expect(try await remote.log("%H").dropFirst() == theirs[...])
    try await remote.person(writes: "docs/late.md", "late")
    for day in days(10..<20) {
      try await remote.append(day)
      try await remote.publish("load/nightly")
    }
    #expect(
      try await remote.log("%an") == ["k6-grid", "Ada", "k6-grid", "Ada", "Ada", "Ada"])
    let seen = try await remote.seen("load/nightly")
    #expect(seen.problems.isEmpty && seen.runs == days(0..<20))
    #expect(try await remote.text("docs/1.md") == "page 1")
    #expect(try await remote.text("docs/late.md") == "late")
    try await remote.check()
  }

  @Test func `a commit of ours that a person has amended is theirs`() async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    try await remote.publish()
    try await remote.person(writes: "CNAME", "load.acme.org", amending: true)
    try await remote.append(SampleSite.date(1))
    try await remote.publish()
    #expect(try await remote.log("%cn") == ["k6-grid", "Ada"])
    #expect(try await remote.text("CNAME") == "load.acme.org")
    try await remote.check()
  }

  @Test func `nights go after 400 days, what people have there does not, nor does their Jekyll`() async throws
  {
    let remote = try await PagesRemote()
    try await remote.person(writes: "night/readme.txt", "nights")
    try await remote.person(writes: "night/2024-12-01/index.html", "old")
    try await remote.person(writes: "_config.yml", "theme: minima")
    try await remote.append("2026-01-10")
    try await remote.publish()
    let paths = try await remote.paths()
    #expect(!paths.contains("night/2024-12-01/index.html"))
    #expect(paths.contains("night/readme.txt"))
    #expect(!paths.contains(".nojekyll"))
  }

  @Test func `two at the same moment, ten times, while a third clones: both runs are in the page`()
    async throws
  {
    let remote = try await PagesRemote()
    try await remote.person(writes: "docs/index.md", "ours")
    try await remote.append(SampleSite.date(0))
    try await remote.publish()
    let done = Mutex(false)
    async let looks = {
      var looks = 0
      while !done.withLock({ $0 }) {
        let seen = try await remote.seen()
        #expect(seen.problems.isEmpty)
        looks += 1
      }
      return looks
    }()
    for round in 0..<10 {
      let numbers = (round * 2 + 1)...(round * 2 + 2)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in numbers {
          group.addTask {
            try await remote.append(SampleSite.date(number))
            try await remote.publish()
          }
        }
        try await group.waitForAll()
      }
      #expect(try await remote.seen().runs == days(0..<(numbers.upperBound + 1)))
      #expect(try await remote.log("%an") == ["k6-grid", "Ada"])
    }
    done.withLock { $0 = true }
    #expect(try await looks > 5)
    #expect(try await remote.seen().problems.isEmpty)
    try await remote.check()
  }

  enum Interference: String, CaseIterable, Sendable {
    case commits, rewrites, deletes, creates
  }

  @Test(arguments: Interference.allCases)
  func `what happens to the branch while the page is drawn is kept`(interference: Interference) async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    if interference != .creates {
      try await remote.person(writes: "docs/a.md", "a")
      try await remote.publish()
    }
    try await remote.append(SampleSite.date(1))
    let drawn = Mutex(0)
    let outcome = try await remote.publisher().publish(stored: nil) {
      let count = drawn.withLock { count in
        count += 1
        return count
      }
      if count == 1 {
        switch interference {
        case .commits, .creates: try await remote.person(writes: "docs/b.md", "b")
        case .rewrites: try await remote.person(writes: "docs/b.md", "b", amending: true)
        case .deletes:
          try await remote.git("-C", remote.repository, "update-ref", "-d", "refs/heads/gh-pages")
        }
      }
      return try await remote.site()
    }
    #expect(drawn.withLock { $0 } == 2, "\(outcome)")
    #expect(try await remote.seen().problems.isEmpty)
    #expect(try await remote.paths().contains("docs/b.md") == (interference != .deletes))
    try await remote.check()
  }

  /// git is killed in its push: before it has arrived, or just after.
  @Test(arguments: [false, true])
  func `a push that is killed is looked for, and made again if it has not arrived`(arrived: Bool) async throws
  {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    let environment = try remote.wrapper(
      """
      if [ "$1" = push ] && ! [ -e "$mark" ]; then touch "$mark"; \(arrived ? "run \"$@\";" : "") kill -9 $$; fi
      """)
    let drawn = Mutex(0)
    _ = try await remote.publisher(environment: environment).publish(stored: nil) {
      drawn.withLock { $0 += 1 }
      return try await remote.site()
    }
    #expect(drawn.withLock { $0 } == (arrived ? 1 : 2))
    #expect(try await remote.seen().runs == days(0..<1))
    #expect(try await remote.log("%an") == ["k6-grid"])
    try await remote.check()
  }

  @Test func `a git that hangs is ended, with what it has started`() async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    let name = "86399.\(Int.random(in: 100_000..<999_999))"
    let environment = try remote.wrapper("[ \"$1\" != push ] || sleep \(name)")
    var publisher = remote.publisher(environment: environment)
    publisher.timeLimit = 3
    let error = await #expect(throws: PublishingError.self) {
      _ = try await publisher.publish(stored: nil) { try await remote.site() }
    }
    #expect(
      error?.description.contains("(git push: timed out after 3 s)") == true, "\(error?.description ?? "")")
    #expect(processes(with: "sleep \(name)").isEmpty)
    try await remote.check()
  }

  @Test func `who is cancelled leaves no git and no folder behind`() async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    let name = "86399.\(Int.random(in: 100_000..<999_999))"
    let environment = try remote.wrapper("[ \"$1\" != push ] || sleep \(name)")
    let publishing = Task { try await remote.publish(environment: environment) }
    try await eventually("the push") { !processes(with: "sleep \(name)").isEmpty }
    publishing.cancel()
    await #expect(throws: (any Error).self) { _ = try await publishing.value }
    #expect(processes(with: "sleep \(name)").isEmpty)
    try await remote.check()
  }

  @Test func `the repository is the checkout's origin unless another is named`() async throws {
    let remote = try await PagesRemote()
    try await remote.append(SampleSite.date(0))
    let checkout = remote.folder.appending(path: "checkout").path
    try await remote.git("init", "--quiet", checkout)
    func publish(_ environment: [String: String] = [:]) async throws -> PagesBranch.Outcome {
      try await PagesBranch(
        target: PagesTarget(), environment: remote.environment.merging(environment) { $1 },
        directory: checkout,
        now: UTCInstant.live, wait: { _ in }
      ).publish(stored: nil) { try await remote.site() }
    }
    let error = await #expect(throws: PublishingError.self) { _ = try await publish() }
    #expect(error?.description.contains("has no remote 'origin'; name one, as https://") == true)
    try await remote.git("-C", checkout, "remote", "add", "origin", "../pages.git")
    // As within one of git's hooks.
    guard case .pushed = try await publish(["GIT_INDEX_FILE": "/none", "GIT_OBJECT_DIRECTORY": "/none"])
    else {
      return #expect(Bool(false), "nothing was pushed")
    }
    #expect(try await remote.seen().problems.isEmpty)
    // Nothing of it is in the checkout.
    #expect(try await remote.git("-C", checkout, "status", "--porcelain").isEmpty)
    #expect(try await remote.git("-C", checkout, "for-each-ref").isEmpty)
  }
}
