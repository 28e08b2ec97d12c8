import Shared

/// Who commits. git's own variables, else the program itself.
struct PagesCommitter: Sendable, Equatable {
  let name: String
  let email: String

  init(_ environment: [String: String]) {
    name = Self.clean(environment["GIT_COMMITTER_NAME"]) ?? "k6-grid"
    email = Self.clean(environment["GIT_COMMITTER_EMAIL"]) ?? "k6-grid@users.noreply.github.com"
  }

  /// Without what ends a name in a commit.
  private static func clean(_ text: String?) -> String? {
    let clean = printable(text ?? "").filter { $0 != "<" && $0 != ">" }
    return clean.allSatisfy(\.isWhitespace) ? nil : clean
  }
}

/// What git runs in: the program's own environment, without what would lead it to another repository, make it write
/// headers into its errors, ask a person, or start something that outlives it.
func gitEnvironment(_ environment: [String: String], _ repository: PagesRepository?) -> [String: String] {
  var variables = environment.filter { name, _ in
    !name.hasPrefix("GIT_TRACE") && !ownRepository.contains(name)
      && !["GIT_CURL_VERBOSE", "GITHUB_TOKEN", "GH_TOKEN"].contains(name)
  }
  variables["GIT_TERMINAL_PROMPT"] = "0"
  // Its words are read.
  variables["LC_ALL"] = "C"
  var settings = [
    ("gc.auto", "0"), ("maintenance.auto", "false"), ("core.hooksPath", "/dev/null"),
    ("log.showSignature", "false"),
  ]
  if let repository, let authorization = repository.authorization {
    // The empty one takes back what a configuration adds: two of them are refused.
    let key = "http.\(repository.address).extraHeader"
    settings += [(key, ""), (key, "Authorization: \(authorization)")]
  }
  let before = max(0, Int(environment["GIT_CONFIG_COUNT"] ?? "") ?? 0)
  for (index, (key, value)) in settings.enumerated() {
    variables["GIT_CONFIG_KEY_\(before + index)"] = key
    variables["GIT_CONFIG_VALUE_\(before + index)"] = value
  }
  variables["GIT_CONFIG_COUNT"] = "\(before + settings.count)"
  return variables
}

/// Variables that say which repository (`git rev-parse --local-env-vars`), as a hook has them.
private let ownRepository: Set = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_OBJECT_DIRECTORY",
  "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE",
  "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR",
  "GIT_NAMESPACE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_QUARANTINE_PATH",
]
