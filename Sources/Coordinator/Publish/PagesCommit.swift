import Shared

/// What the branch holds now.
struct BranchTip: Sendable, Equatable {
  let commit: String
  let tree: String
  let parents: [String]
  /// Ours alone: a person who amends it or picks it is its committer, and it stays.
  let isOurs: Bool
  /// All its files.
  let paths: [String]
}

/// The commit that makes the branch hold a site. One of our own is replaced, so that there is at most one in a row.
struct PagesCommit: Sendable {
  static let trailer = (name: "Published-By", value: "k6-grid")
  /// Where it is in the repository in which it is made.
  static let reference = "refs/heads/k6-grid-site"

  /// `nil` for a branch that is not there yet.
  let tip: BranchTip?
  /// Paths from the branch's root.
  let files: [Site.File]
  let removed: [String]
  let night: UTCDate?
  let committer: PagesCommitter
  let instant: UTCInstant

  private var parent: String? {
    guard let tip else { return nil }
    return tip.isOurs ? tip.parents.first : tip.commit
  }

  private var message: String {
    "Load test report\(night.map { " of \($0)" } ?? "")\n\n\(Self.trailer.name): \(Self.trailer.value)\n"
  }

  /// For `git fast-import --date-format=raw`: one process for all files, none of them on disk.
  var stream: [UInt8] {
    let seconds = instant.nanoseconds / 1_000_000_000
    var stream = Array("feature done\ncommit \(Self.reference)\n".utf8)
    stream += Array("committer \(committer.name) <\(committer.email)> \(seconds) +0000\n".utf8)
    append(Array(message.utf8), to: &stream)
    if let parent { stream += Array("from \(parent)\n".utf8) }
    // All that others have put there stays.
    if let tip { stream += Array("M 040000 \(tip.tree) \"\"\n".utf8) }
    for path in removed { stream += Array("D \(quoted(path))\n".utf8) }
    for file in files {
      stream += Array("M 100644 inline \(quoted(file.path))\n".utf8)
      append(file.bytes, to: &stream)
    }
    return stream + Array("\ndone\n".utf8)
  }

  private func append(_ bytes: [UInt8], to stream: inout [UInt8]) {
    stream += Array("data \(bytes.count)\n".utf8) + bytes + [10]
  }

  private func quoted(_ path: String) -> String {
    let escapes: [Character: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n"]
    return "\"\(path.map { escapes[$0] ?? String($0) }.joined())\""
  }
}
