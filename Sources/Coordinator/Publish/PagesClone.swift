import Shared

/// A bare repository that has the branch's last two commits: enough to replace our own and to keep what was before it.
struct PagesClone: Sendable {
  let git: GitProcess
  let address: String
  let branch: String

  private var remoteName: String { "refs/heads/\(branch)" }

  /// - Returns: `nil` for a branch that is not there.
  func tip() async throws -> BranchTip? {
    _ = try await git.output(["init", "--quiet", "--bare", "--template="])
    guard try await remoteCommit() != nil else { return nil }
    let local = "refs/remotes/site/tip"
    _ = try await git.output([
      "fetch", "--quiet", "--depth=2", "--no-tags", "--no-auto-gc", "--", address, "+\(remoteName):\(local)",
    ])
    let format =
      "%H%x00%T%x00%P%x00%an <%ae>%x00%cn <%ce>%x00%(trailers:key=\(PagesCommit.trailer.name),valueonly)"
    let fields = try await git.output(["log", "-1", "--no-mailmap", "--format=\(format)", local])
      .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 6 else { throw GitFailure("log", "an answer of \(fields.count) fields") }
    let parents = fields[2].split(separator: " ").map(String.init)
    let trailer = fields[5].split(whereSeparator: \.isWhitespace)
    let paths = try await git.output(["ls-tree", "-r", "-z", "--full-tree", "--name-only", local])
    return BranchTip(
      commit: fields[0], tree: fields[1], parents: parents,
      isOurs: trailer == [Substring(PagesCommit.trailer.value)] && fields[3] == fields[4]
        && parents.count < 2,
      paths: paths.split(separator: "\0").map(String.init))
  }

  /// - Parameter stream: the file with it.
  /// - Returns: the commit; `nil` when it would change nothing.
  func commit(_ stream: String, over tip: BranchTip?) async throws -> String? {
    _ = try await git.output(["fast-import", "--quiet", "--date-format=raw"], input: stream)
    let names = try await git.output([
      "rev-parse", PagesCommit.reference, "\(PagesCommit.reference)^{tree}",
    ]).split(whereSeparator: \.isNewline).map(String.init)
    guard names.count == 2 else { throw GitFailure("rev-parse", "an answer of \(names.count) lines") }
    return names[1] == tip?.tree ? nil : names[0]
  }

  /// On condition that the branch is what it was.
  /// - Returns: false when somebody else was faster.
  func push(_ commit: String, over tip: BranchTip?) async throws -> Bool {
    let failure: GitFailure
    do {
      let answer = try await git([
        "push", "--no-verify", "--porcelain", "--recurse-submodules=no",
        "--force-with-lease=\(remoteName):\(tip?.commit ?? "")", "--",
        address, "\(commit):\(remoteName)",
      ])
      if answer.isSuccess { return true }
      failure = GitFailure("push", answer.words)
    } catch let error as GitFailure { failure = error }
    // What became of it is seen, not read from words: also a push that was cut off may have arrived.
    let now: String?
    do { now = try await remoteCommit() } catch is GitFailure { throw failure }
    if now == commit { return true }
    if now != tip?.commit || failure.meaning == .overtaken { return false }
    throw failure
  }

  private func remoteCommit() async throws -> String? {
    let refs = try await git.output(["ls-remote", "--", address, remoteName])
    // It also lists refs that only end with this name.
    let line = refs.split(whereSeparator: \.isNewline).first { $0.hasSuffix("\t\(remoteName)") }
    return line.map { String($0.prefix { $0 != "\t" }) }
  }
}
