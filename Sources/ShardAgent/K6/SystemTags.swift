import Shared

/// Which of k6's system tags its samples carry. A tag that nobody asks for costs k6 on every line, and the reader too.
enum SystemTags {
  /// Those that k6 has on by itself (0.57 to 2.2). No other is ever turned on: `ip` would take the place of a tag of
  /// that name that the script sets, and `vu` and `iter` are no tags in the stream.
  static let usual: Set<String> = [
    "proto", "subproto", "status", "method", "url", "name", "group", "check", "error", "error_code",
    "tls_version", "scenario", "service", "expected_response",
  ]

  /// `group` tells setup()'s and teardown()'s samples from the load's, `check` one check from another.
  private static let needed: Set<String> = ["check", "group"]
  private static let always: Set<String> = needed.union(["expected_response", "scenario"])

  /// What `k6 run` is told about its system tags.
  ///
  /// - A user who chose them, in the script, a configuration file, `K6_SYSTEM_TAGS` or by option, keeps what was
  ///   chosen; what the agent needs is added, because without it setup()'s requests would be taken for load.
  /// - Outputs of the user's own get all that k6 gives them.
  /// - Everybody else gets those that reports and thresholds ask for.
  ///
  /// - Parameter inspected: what `k6 inspect` says is on; `nil` when it says nothing about them.
  /// - Parameter asked: report tags and thresholds' tags; `nil` when not all thresholds are known.
  static func options(inspected: Set<String>?, asked: Set<String>?, user: K6Options) -> [String] {
    let names = Set(user.pairs.map(\.name))
    // k6 adds up the lists of several such options.
    if names.contains("--system-tags") { return option(needed) }
    guard let inspected else { return [] }
    guard inspected == usual else {
      return needed.isSubset(of: inspected) ? [] : option(inspected.union(needed))
    }
    guard let asked, names.isDisjoint(with: ["--out", "-o"]) else { return [] }
    // Without the name k6 puts the bare address into `url`, where it would put a template's text.
    let named: Set<String> = asked.contains("url") ? ["name"] : []
    return option(usual.intersection(asked.union(named)).union(always))
  }

  private static func option(_ tags: Set<String>) -> [String] {
    ["--system-tags", tags.sorted().joined(separator: ",")]
  }
}

extension [ScriptPlan.Threshold] {
  /// The tags that they select by. Selectors that cannot be read are refused before the start.
  var selectedTags: Set<String> {
    Set(compactMap { try? MetricSelector($0.selector) }.flatMap(\.tags.keys))
  }
}
