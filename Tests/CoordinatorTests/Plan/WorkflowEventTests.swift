import Foundation
import Shared
import Testing

@testable import Coordinator

@Suite struct WorkflowEventTests {
  private func event(_ text: String) throws -> WorkflowEvent {
    try decoded(WorkflowEvent.self, from: Array(text.utf8), name: "event.json")
  }

  @Test func `a pull request is its head, not the merge that GitHub checks out`() throws {
    let event = try event(
      #"{"repository":{"default_branch":"main"},"pull_request":{"number":7,"head":{"sha":"9f31c02"}}}"#)
    #expect(event.repository?.defaultBranch == "main")
    #expect(event.pullRequest?.number == 7)
    #expect(event.commit(["GITHUB_SHA": "merge"]) == "9f31c02")
  }

  @Test func `elsewhere it is the commit of the workflow`() throws {
    for text in ["{}", #"{"schedule":"17 2 * * *"}"#, #"{"pull_request":{"number":7}}"#] {
      #expect(try event(text).commit(["GITHUB_SHA": "c4d8e1a"]) == "c4d8e1a")
    }
    #expect(WorkflowEvent().commit([:]) == nil)
  }

  @Test func `what is no event is refused`() {
    #expect(throws: UnreadableDocument.self) { try event("[]") }
  }
}
