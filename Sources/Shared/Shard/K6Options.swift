/// Options of `k6 run` that somebody passes on behind `--`, read as k6 reads them (0.57 to 2.2).
package struct K6Options: Sendable, Equatable {
  package let words: [String]

  /// Options that are the agent's own to set, each with the reason that the user is told.
  private static let reserved: [(names: [String], reason: String)] = [
    (
      ["--execution-segment", "--execution-segment-sequence"], "the shard's index and count decide the share"
    ),
    (["--paused", "-p"], "the agent pauses k6 and starts it at the run's instant"),
    (["--linger", "-l"], "a lingering k6 never hands in its summary"),
    (["--address", "-a"], "the agent talks to k6 there"),
    (
      ["--summary-export", "--summary-mode", "--no-summary", "--new-machine-readable-summary"],
      "the agent collects the summary"
    ),
    (["--thresholds", "--no-thresholds"], "the gate judges all shards together"),
    (
      [
        "--quiet", "-q", "--no-color", "--no-usage-report", "--verbose", "-v", "--log-output",
        "--console-output",
      ], "the agent keeps what k6 prints"
    ),
  ]

  /// Variables of k6's to the same effect; the agent leaves them out, and says so.
  package static let ignoredVariables = [
    "K6_OUT", "K6_PAUSED", "K6_LINGER", "K6_ADDRESS", "K6_NO_SUMMARY", "K6_SUMMARY_EXPORT", "K6_SUMMARY_MODE",
    "K6_NEW_MACHINE_READABLE_SUMMARY", "K6_LOG_OUTPUT", "K6_CONSOLE_OUTPUT",
  ]

  /// k6's short options without a value: several may stand behind one dash.
  private static let flags: Set<Character> = ["h", "l", "p", "q", "v", "w"]

  package init(_ words: [String]) { self.words = words }

  /// One sentence when an option may not be passed on.
  package var refusal: String? {
    for name in words.flatMap({ Self.split($0).names }) {
      if let match = Self.reserved.first(where: { $0.names.contains(name) }) {
        return "k6's option \(name) cannot be passed on: \(match.reason)"
      }
    }
    return nil
  }

  /// Options with their values, however they are written: `--name=value`, `--name value`, `-n value`, `-nvalue` and
  /// `-n=value`.
  package var pairs: [(name: String, value: String)] {
    words.indices.compactMap { index in
      let (names, value) = Self.split(words[index])
      guard let name = names.last else { return nil }
      if let value { return (name, value) }
      return index + 1 < words.count ? (name, words[index + 1]) : nil
    }
  }

  /// The options in one word, none when it is no option, and the value that the last of them has in the same word.
  private static func split(_ word: String) -> (names: [String], value: String?) {
    if word.hasPrefix("--") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return ([parts[0]], parts.count == 2 ? parts[1] : nil)
    }
    guard word.hasPrefix("-") else { return ([], nil) }
    var rest = word.dropFirst()
    var names: [String] = []
    while let letter = rest.popFirst() {
      names.append("-\(letter)")
      if !flags.contains(letter) { break }
    }
    if rest.first == "=" { rest.removeFirst() }
    return (names, rest.isEmpty ? nil : String(rest))
  }
}
