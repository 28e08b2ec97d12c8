import Shared

/// Between which commits the trouble began.
struct CommitList {
  let facts: AlertFacts

  private static let most = 10

  /// The nights and their commits; empty where no trouble began.
  var lines: [String] {
    guard let onset = facts.onset else { return [] }
    let isStep = facts.step != nil
    let first = named(onset, release: facts.release)
    let last = facts.before.map { named($0, release: nil) }
    var text =
      "**What changed.** \(isStep ? "First night outside the usual range" : "First failing night"): \(first)."
    if let last { text += " \(isStep ? "Last night inside it" : "Last pass"): \(last)." }
    return [text + " " + comparison(onset)]
  }

  private func named(_ record: HistoryRecord, release: String?) -> String {
    let day = PageText.shortDay(record.night)
    return AlertText.commit(record, release: release).map { "\(day) (\($0))" } ?? day
  }

  private func comparison(_ onset: HistoryRecord) -> String {
    guard let before = facts.before else { return "Which commits came in is not known: no run before it is." }
    let (base, head) = (before.shortCommit, onset.shortCommit)
    if base.isEmpty || head.isEmpty {
      return "Which commits came in is not known: the runs do not say their commits."
    }
    if before.commit == onset.commit {
      return "Both ran the same commit: look at data, configuration and what the service depends on."
    }
    if let commits = facts.commits {
      let words = Markdown.link("Compare", commits.url) ?? "Between them"
      return "\(words): \(counted(commits.total, "commit"))."
    }
    let link = onset.repositoryURL.flatMap { repository in
      Markdown.link("Compare", "\(repository)/compare/\(before.commit ?? "")...\(onset.commit ?? "")")
    }
    return (link.map { "\($0). " } ?? "") + "GitHub did not say which commits came in."
  }

  /// The first of them.
  var list: [String] {
    guard let onset = facts.onset, let commits = facts.commits, !commits.commits.isEmpty else { return [] }
    let more = commits.total - min(commits.commits.count, Self.most)
    return commits.commits.prefix(Self.most).map { line($0, onset.repositoryURL) }
      + (more > 0 ? ["- and \(counted(more, "more commit"))"] : [])
  }

  private func line(_ commit: CommitRange.Commit, _ repository: String?) -> String {
    let isHash =
      commit.sha.count >= 7
      && commit.sha.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    let sha = Markdown.code(PageText.outside(String(commit.sha.prefix(7)), most: 7))
    let link = isHash ? repository.flatMap { Markdown.link(sha, "\($0)/commit/\(commit.sha)") } : nil
    let title = Markdown.text(PageText.outside(commit.title, most: 72))
    let author = Markdown.text(PageText.outside(commit.author, most: 40))
    return "- \(link ?? sha) \(title)" + (author.isEmpty ? "" : " (\(author))")
  }
}
