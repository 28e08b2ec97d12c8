import ArgumentParser
import Foundation
import Glibc
import TestSupport

/// A GitHub to test alerts against: one repository with issues, comments, labels, commits, statuses and pull requests,
/// as strict as GitHub about requests, and wrong where it is told to be.
///
/// What it does not do: Git itself (commits are a list that it is told), branches, reviews, milestones, reactions, teams,
/// webhooks, GraphQL. What is stricter than the real one: members and parameters that nobody knows are refused, so that a
/// slip is found. What is laxer: there are no limits of calls but those that a fault brings.
@main
struct GitHubStandIn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "github-stand-in", abstract: "A GitHub of one repository, on a port of loopback.",
    discussion: """
      GET /stand-in/state says what is there, GET /stand-in/requests what was asked, POST /stand-in/faults takes a list of \
      faults, as [{"fault": "cut", "method": "POST", "path": "*/issues", "calls": [1]}]; people open, comment, close and \
      reopen at POST /stand-in/issues and /stand-in/issues/N/comments, close, reopen, edit. See GitHubState+Control.swift.
      """)

  @Option(help: "The port of loopback to listen on; 0 takes a free one.")
  var port: UInt16 = 0
  @Option(help: "A file to which the address is written as soon as it listens.")
  var addressFile: String?
  @Option(help: "The repository.")
  var repository = "acme/checkout"
  @Option(
    help: ArgumentHelp(
      "A token and whose it is; a login that ends with [bot] is an app's. Repeatable.",
      valueName: "token=login"))
  var token: [String] = []
  @Option(help: "The time that it is for the stand-in, until it is told another; without it, the machine's.")
  var now: String?
  @Option(help: "A file with a list of faults.")
  var faults: String?
  @Flag(help: "End when the process that started this one has ended.")
  var endWithParent = false

  func run() async throws {
    let state = GitHubState(repository: repository, tokens: try tokens(), now: try date())
    if let faults {
      do { try await state.addFaults(try JSON(try Data(contentsOf: URL(fileURLWithPath: faults)))) } catch {
        throw ValidationError("--faults: \((error as? FaultError)?.message ?? "\(error)")")
      }
    }
    let parent = endWithParent ? getppid() : nil
    let watch = Task {
      while let parent, getppid() == parent { try await Task.sleep(for: .milliseconds(500)) }
      if parent != nil { Foundation.exit(0) }
    }
    defer { watch.cancel() }
    try await GitHubFront(state: state, port: port).run { address in
      print("the GitHub stand-in listens on \(address)")
      fflush(nil)
      if let addressFile {
        try Data(address.utf8).write(to: URL(fileURLWithPath: addressFile), options: .atomic)
      }
    }
  }

  private func tokens() throws -> [String: GitHubState.Token] {
    guard !token.isEmpty else { return ["ghs_stand_in": GitHubState.Token(login: "github-actions[bot]")] }
    let pairs = try token.map { text -> (String, GitHubState.Token) in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("--token: expected TOKEN=LOGIN; found '\(text)'") }
      return (parts[0], GitHubState.Token(login: parts[1]))
    }
    return Dictionary(pairs) { $1 }
  }

  private func date() throws -> Date? {
    try now.map { text in
      guard let date = try? Date(text, strategy: .iso8601) else {
        throw ValidationError("--now: expected a time, as 2026-11-23T02:14:00Z; found '\(text)'")
      }
      return date
    }
  }
}
