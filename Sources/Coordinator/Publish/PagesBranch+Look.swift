import Shared

extension PagesBranch {
  /// Asks whether the branch may be pushed to, by a push that changes nothing (`--dry-run`). The branch's own rules are
  /// not asked.
  /// - Returns: whether it is there; where not, the first page makes it.
  /// - Throws: ``PublishingError``.
  func look() async throws -> (isThere: Bool, address: String) {
    let repository = try await repository()
    return try await withTemporaryDirectory(environment) { folder in
      var git = git(in: folder, repository, at: folder)
      let author = PagesCommitter(environment)
      var variables = git.environment
      for who in ["AUTHOR", "COMMITTER"] {
        variables["GIT_\(who)_NAME"] = author.name
        variables["GIT_\(who)_EMAIL"] = author.email
      }
      git = GitProcess(
        folder: folder, environment: variables, secrets: git.secrets, timeLimit: git.timeLimit)
      do {
        let isThere =
          try await PagesClone(git: git, address: repository.address, branch: target.branch)
          .tip() != nil
        let tree = try await git.output(["hash-object", "-t", "tree", "-w", "--stdin"])
        let commit = try await git.output(["commit-tree", tree.trimmed, "-m", "doctor"])
        _ = try await git.output([
          "push", "--dry-run", "--no-verify", "--porcelain", "--", repository.address,
          "+\(commit.trimmed):refs/heads/\(target.branch)",
        ])
        return (isThere, repository.address)
      } catch let failure as GitFailure { throw refusal(failure, repository) }
    }
  }
}
