import Foundation

/// README.md, CONTRIBUTING.md, infra/README.md or a page of docs/, as far as tests hold it against the programs.
package struct DocumentedPage: Sendable, CustomStringConvertible {
  package struct Block: Sendable {
    package let line: Int
    /// What stands behind the fence; `nil` for an indented block.
    package let language: String?
    package let lines: [String]

    package var text: String { lines.joined(separator: "\n") }

    /// Commands, unless it is marked as something else, or begins like YAML or JSON.
    package var isCommands: Bool {
      guard let language else {
        return lines.first?.prefixMatch(of: #/ *(- )?["\w{][\w".{}:-]*:( |$)|\{/#) == nil
      }
      return ["", "sh", "bash", "console"].contains(language)
    }

    /// Each command line with its number, whole where a `\` goes on.
    package var commandLines: [(line: Int, text: String)] {
      var found: [(Int, String)] = []
      for (number, text) in zip(line..., lines) where !text.isEmpty {
        if let last = found.last, last.1.hasSuffix("\\") {
          found[found.count - 1].1 = last.1.dropLast() + text
        } else {
          found.append((number, text))
        }
      }
      return found
    }
  }

  /// From the repository's root.
  package let path: String
  package let text: String
  package var description: String { path }

  package static let all: [DocumentedPage] = {
    let root = repositoryRoot()
    let docs = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
    let paths = docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    return (["README.md", "CONTRIBUTING.md", "infra/README.md"] + paths).map { path in
      DocumentedPage(
        path: path, text: (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? "")
    }
  }()

  /// What is typed, and what the steps of a workflow run.
  package var commands: [(line: Int, text: String)] {
    blocks.flatMap { block in
      if block.isCommands { return block.commandLines }
      return zip(block.line..., block.lines).compactMap { line, text in
        text.firstMatch(of: #/\brun: (.+)$/#).map { (line, String($0.1)) }
      }
    }
  }

  package var blocks: [Block] {
    var found: [Block] = []
    var open: (line: Int, language: String?, lines: [String])?
    func close() {
      guard let (line, language, lines) = open else { return }
      let end = lines.lastIndex { !$0.isEmpty } ?? -1
      found.append(Block(line: line, language: language, lines: Array(lines[...end])))
      open = nil
    }
    var isAfterBlank = true
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if line.hasPrefix("```") {
        let isEnd = open?.language != nil
        close()
        if !isEnd { open = (index + 2, String(line.dropFirst(3)), []) }
      } else if open?.language != nil {
        open?.lines.append(line)
      } else if line.hasPrefix("    "), open != nil || isAfterBlank {
        open = open ?? (index + 1, nil, [])
        open?.lines.append(String(line.dropFirst(4)))
      } else if line.isEmpty {
        open?.lines.append("")
      } else {
        close()
      }
      isAfterBlank = line.isEmpty
    }
    close()
    return found
  }

  /// What stands in backticks, outside of blocks.
  package var spans: [String] {
    let prose = text.split(separator: "\n").filter { !$0.hasPrefix("    ") && !$0.hasPrefix("```") }.joined(
      separator: "\n")
    return prose.matches(of: #/`([^`]+)`/#).map { String($0.1).replacing("\n", with: " ") }
  }
}

/// What a line of a shell calls, as words without their quotes. Comments, redirections and what variables are set to are
/// left out; what `$(...)` calls is among them.
package func shellCommands(_ line: String) -> [[String]] {
  var reader = ShellReader(rest: line[...])
  return reader.commands()
}

private struct ShellReader {
  var rest: Substring
  private var found: [[String]] = []
  private var words: [String] = []
  private var word: String?

  init(rest: Substring) { self.rest = rest }

  mutating func commands() -> [[String]] {
    while let next = rest.popFirst() {
      switch next {
      case " ", "\t": endWord()
      case "#" where word == nil: rest = ""
      case "|", "&", ";": endCommand()
      case "'": word = (word ?? "") + take(until: "'")
      case "\"": readQuoted()
      case "\\": word = (word ?? "") + String(rest.popFirst() ?? " ")
      case "$" where rest.first == "(": readSubstitution()
      default: word = (word ?? "") + String(next)
      }
    }
    endCommand()
    return found
  }

  private mutating func take(until end: Character) -> String {
    defer { _ = rest.popFirst() }
    let text = rest.prefix { $0 != end }
    rest = rest.dropFirst(text.count)
    return String(text)
  }

  private mutating func readQuoted() {
    word = word ?? ""
    while let next = rest.popFirst(), next != "\"" {
      if next == "$", rest.first == "(" { readSubstitution() } else { word?.append(next) }
    }
  }

  private mutating func readSubstitution() {
    let inner = take(until: ")").dropFirst()
    found += shellCommands(String(inner))
    word = (word ?? "") + "$"
  }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    let isFile = zip([""] + words, words).map { before, _ in [">", ">>", "<"].contains(before) }
    words = zip(words, isFile).filter { !$1 && !$0.hasPrefix(">") && $0 != "<" }.map(\.0)
    words = Array(words.drop { $0 == "exec" || $0.prefixMatch(of: #/[A-Za-z_][A-Za-z0-9_]*=/#) != nil })
    if !words.isEmpty { found.append(words) }
    words = []
  }
}
