import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite struct ReferenceTests {
    @Test func `what is published is what the programs say of themselves`() async throws {
      let folder = try temporaryFolder()
      let script = repositoryRoot().appending(path: "scripts/reference")
      let ending = try await Program.run("", [folder.path, Program.folder.path], at: script)
      #expect(ending.code == 0, "\(ending.errors)")
      for file in ["reference.md", "grid.schema.json"] {
        let made = try Data(contentsOf: folder.appending(path: file))
        let published = try Data(contentsOf: repositoryRoot().appending(path: "docs/\(file)"))
        let isTheSame = made == published
        #expect(isTheSame, "docs/\(file) is not what the programs say: run make reference")
      }
    }

    /// Whatever a program reads of its environment by a name of ours or of AWS's.
    @Test func `every variable is in the docs`() throws {
      let sources = repositoryRoot().appending(path: "Sources")
      let paths = FileManager.default.enumerator(atPath: sources.path)?.allObjects as? [String] ?? []
      let docs = DocumentedPage.all.map(\.text).joined()
      var names: Set<String> = []
      for path in paths where path.hasSuffix(".swift") {
        let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
        names.formUnion(text.matches(of: #/"((?:GRID|AWS|PAGERDUTY)_[A-Z0-9_]+)"/#).map { String($0.1) })
      }
      #expect(names.count > 30)
      for name in names where !docs.contains("\(name)`") && !docs.contains("\(name)=") {
        // The table of AWS's says `AWS_..._ECS`, `..._STS` of names that begin alike.
        let isThere = docs.contains("`..._\(name.split(separator: "_").last ?? "")`")
        #expect(isThere, "\(name)")
      }
    }
  }
}
