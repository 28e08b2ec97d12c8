import Shared

/// To which branch of which repository the page goes: `[REPOSITORY#][BRANCH][:FOLDER]`, as `gh-pages`, `gh-pages:load`
/// or `https://github.com/acme/shop#gh-pages:load`.
struct PagesTarget: Sendable, Equatable {
  static let usualBranch = "gh-pages"
  static let expected =
    "expected [REPOSITORY#]BRANCH[:FOLDER], as gh-pages, gh-pages:load or https://github.com/acme/shop#gh-pages"

  /// An address, or a path of this machine; `nil`: the checkout's `origin`.
  var repository: String?
  var branch = usualBranch
  /// Within the branch, without slashes at its ends; empty for its root.
  var folder = ""

  init(repository: String? = nil, branch: String = usualBranch, folder: String = "") {
    (self.repository, self.branch, self.folder) = (repository, branch, folder)
  }

  /// - Throws: ``UsageError``.
  init(_ text: String) throws {
    var rest = text[...]
    if let end = text.lastIndex(of: "#") {
      repository = try Self.repository(String(text[..<end]))
      rest = text[text.index(after: end)...]
    }
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if let name = parts.first, !name.isEmpty { branch = String(name) }
    if parts.count > 1 { folder = Self.trimmed(parts[1]) }
    guard !text.isEmpty else { throw UsageError("no branch to publish to was given: \(Self.expected)") }
    guard Self.isBranch(branch) else {
      throw UsageError("'\(shown(branch))' is no branch to publish to: \(Self.expected)")
    }
    guard folder.isEmpty || Self.isFolder(folder) else {
      throw UsageError("'\(shown(folder))' is no folder of a branch to publish to: \(Self.expected)")
    }
  }

  private static func repository(_ text: String) throws -> String {
    // One that begins with a dash would be an option of git's.
    guard !text.isEmpty, !text.hasPrefix("-"), printable(text) == text, !text.contains("::") else {
      throw UsageError("'\(shown(text))' is no repository to publish to: \(expected)")
    }
    guard !PagesRepository.hasPassword(text) else {
      throw UsageError(
        "the repository to publish to has a password in its address, where it is easily shown: give it as GITHUB_TOKEN in the environment or by git's credentials, and the address without it"
      )
    }
    return text
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    // Two of them are an address's: one without its #.
    if text.first == "/" { text.removeFirst() }
    if text.last == "/" { text.removeLast() }
    return String(text)
  }

  /// Of what git allows (git-check-ref-format), the names that people use.
  private static func isBranch(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name != "HEAD" && !name.hasPrefix("-") && !name.contains("..")
      && parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && !part.hasSuffix(".") && !part.hasSuffix(".lock")
          && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.=+".contains($0)) }
      }
  }

  private static func isFolder(_ path: String) -> Bool {
    ObjectKey(path) != nil && !path.split(separator: "/").contains { $0.lowercased() == ".git" }
  }
}

/// For people, without what stands before an @: it may be a token of an address that was put at the wrong place.
private func shown(_ text: String) -> String { printable(text).replacing(#/[^\/@']+@/#, with: "***@") }
