import Foundation
import Shared
import TestSupport
import Testing

private let suite = "suite: checkout-api\n"
private let alert = "alert:\n  issue: true\n"

/// `coordinator alert`, asked what it cannot do.
struct AlertUsageTests {
  @Test(
    arguments: [
      (suite, [String](), 64 as Int32, "there is nobody to tell"), (alert, [], 64, "'alert' needs a name"),
      (suite + alert, ["--only", "pager"], 64, "--only is 'pager'"),
      (suite + alert, [], 64, "is in its history"),
      (suite + alert, ["--run", "2026-11-02"], 2, "a run is recorded at its end"),
      (suite + "alert:\n  sns: arn:aws:sns:eu-west-1:1:x.fifo\n", [], 64, "FIFO"),
      (suite + "alert:\n  pager: true\n", [], 64, "'alert.pager' is not known"),
    ])
  func `it says what was expected`(yaml: String, more: [String], code: Int32, part: String) async throws {
    let folder = try temporaryFolder()
    let config = folder.appending(path: "grid.yml")
    try Data(yaml.utf8).write(to: config)
    let ending = try await Program.run(
      "coordinator", ["alert", "--config", config.path, "--store", "file://\(folder.path)"] + more,
      environment: ["GITHUB_TOKEN": "ghs_none", "GITHUB_REPOSITORY": "acme/checkout"])
    #expect(
      ending.code == code && ending.errors.contains(part), "\(ending.code) \(ending.output)\(ending.errors)"
    )
    #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
  }

  @Test(arguments: [
    ("GITHUB_TOKEN", "GITHUB_TOKEN is not set"), ("GITHUB_REPOSITORY", "GITHUB_REPOSITORY"),
  ])
  func `without what it needs of GitHub it says what is missing`(variable: String, part: String)
    async throws
  {
    let month = try AlertMonth()
    try await month.begin(before: 3)
    let config = month.folder.appending(path: "grid.yml")
    try Data("suite: checkout-api\nstore: file://\(month.folder.path)\n\(alert)".utf8).write(
      to: config)
    var environment = ["GITHUB_TOKEN": "ghs_none", "GITHUB_REPOSITORY": "acme/checkout"]
    environment[variable] = ""
    let ending = try await Program.run(
      "coordinator", ["alert", "--config", config.path], environment: environment)
    #expect(ending.code == 2)
    #expect(ending.errors.contains(part), "\(ending.errors)")
  }
}
