import Shared

/// Publishes the site to a branch of a repository, as GitHub Pages serve it: one commit of ours at its end, pushed on
/// condition that the branch is what it was before the history was read.
struct PagesBranch: Sendable {
  enum Outcome: Sendable, Equatable {
    case pushed(commit: String)
    /// The branch has it all already.
    case unchanged
  }

  /// So often others may be faster, and so often what may pass may fail.
  static let lossLimit = 20
  static let failureLimit = 3

  let target: PagesTarget
  let environment: [String: String]
  /// The checkout, whose `origin` it is unless the target says another; paths are relative to it.
  let directory: String
  let now: @Sendable () -> UTCInstant
  /// Waits a random part of that many seconds.
  let wait: @Sendable (_ seconds: Double) async throws -> Void
  /// Seconds for one call of git's.
  var timeLimit = 120.0

  /// - Parameters:
  ///   - stored: where the nights are that were not drawn again; `nil` for none.
  ///   - render: reads the history and draws the site; called again when somebody else was faster.
  /// - Throws: ``PublishingError`` with what to do; what the store and `render` throw.
  func publish(stored: StoredSite?, _ render: () async throws -> Site) async throws -> Outcome {
    let repository = try await repository()
    var (lost, failed) = (0, 0)
    while true {
      do {
        if let outcome = try await publishOnce(repository, stored, render) { return outcome }
        lost += 1
      } catch let failure as GitFailure {
        switch failure.meaning {
        case .overtaken: lost += 1
        case .passing where failed < Self.failureLimit: failed += 1
        default: throw refusal(failure, repository)
        }
      }
      guard lost < Self.lossLimit else {
        throw PublishingError(
          "the page was not published: the branch \(target.branch) of \(repository.address) was changed by others \(lost) times in a row meanwhile; publish again with less going on"
        )
      }
      try await wait(longestPublishingWait(lost + failed))
    }
  }

  /// - Returns: `nil` when somebody else was faster.
  private func publishOnce(
    _ repository: PagesRepository, _ stored: StoredSite?, _ render: () async throws -> Site
  ) async throws -> Outcome? {
    try await withTemporaryDirectory(environment) { folder in
      let clone = PagesClone(
        git: git(in: folder, repository, at: "\(folder)/site.git"), address: repository.address,
        branch: target.branch)
      let tip = try await clone.tip()
      let site = try await render()
      let stream = "\(folder)/site.stream"
      try writeFile(try await commit(site, stored, over: tip).stream, to: stream)
      guard let commit = try await clone.commit(stream, over: tip) else { return .unchanged }
      return try await clone.push(commit, over: tip) ? .pushed(commit: commit) : nil
    }
  }

  private func commit(_ site: Site, _ stored: StoredSite?, over tip: BranchTip?) async throws -> PagesCommit {
    let prefix = target.folder.isEmpty ? "" : "\(target.folder)/"
    let all = tip?.paths ?? []
    let there = all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    let copy = SiteCopy(of: site, there: there, stored: try await stored?.paths() ?? [])
    var files = try await stored?.files(copy.missing) ?? []
    files += try site.inOrder()
    for file in files where ObjectKey(file.path) == nil { throw PublishingError.badPath(file.path) }
    files = files.map { Site.File(prefix + $0.path, $0.bytes) }
    // Else every push is built anew; a site of Jekyll's that people have beside ours needs just that.
    if !all.contains(".nojekyll"), !all.contains("_config.yml") { files.append(Site.File(".nojekyll", [])) }
    return PagesCommit(
      tip: tip, files: files, removed: copy.expired.map { prefix + $0 }, night: site.newestNight,
      committer: PagesCommitter(environment), instant: now())
  }

  /// - Parameter own: git's own folder; `nil`: it looks for one.
  func git(in folder: String, _ repository: PagesRepository?, at own: String? = nil) -> GitProcess {
    var variables = gitEnvironment(environment, repository)
    variables["GIT_DIR"] = own
    return GitProcess(
      folder: folder, environment: variables, secrets: repository?.secrets ?? [], timeLimit: timeLimit)
  }

  func repository() async throws -> PagesRepository {
    if let text = target.repository { return repository(text) }
    let answer = try await git(in: directory, nil)(["remote", "get-url", "origin"])
    if answer.isSuccess, let text = answer.text.split(whereSeparator: \.isNewline).first {
      return repository(String(text))
    }
    // A job without a checkout, or with one of another user's, which git does not read.
    if let server = environment["GITHUB_SERVER_URL"], let name = environment["GITHUB_REPOSITORY"] {
      return repository("\(server)/\(name)")
    }
    throw PublishingError(
      "the page has no repository to be published to: \(directory) has no remote 'origin'; name one, as https://github.com/acme/shop#\(target.branch)"
    )
  }

  private func repository(_ text: String) -> PagesRepository {
    PagesRepository(text, environment: environment, directory: directory)
  }

  func refusal(_ failure: GitFailure, _ repository: PagesRepository) -> PublishingError {
    let what =
      switch failure.meaning {
      case .refused(let advice): "; \(advice)"
      case .passing: "; try again when it answers"
      case .overtaken, .unknown: ""
      }
    return PublishingError(
      "the page was not published to the branch \(target.branch) of \(repository.address)\(what) (\(failure))"
    )
  }
}
