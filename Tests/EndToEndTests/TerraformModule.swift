import Foundation
import TestSupport
import Testing

/// The example of `infra/` in a folder of its own, to be applied to moto.
struct TerraformModule: Sendable {
  struct Refusal: Error, CustomStringConvertible { let description: String }

  private static let plugins = repositoryRoot().appending(path: ".tools/terraform/.terraform/providers")

  /// On a laptop without it its tests are skipped; in CI they fail.
  static var isThere: Bool {
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let isOnPath = places.contains { FileManager.default.isExecutableFile(atPath: "\($0)/terraform") }
    return ProcessInfo.processInfo.environment["CI"] == "true"
      || isOnPath && FileManager.default.fileExists(atPath: plugins.path)
  }

  let example: URL
  private let environment: [String: String]

  /// - Parameter aws: where AWS is.
  init(aws: [String: String], variables: [String: String]) async throws {
    let folder = try temporaryFolder().appending(path: "infra")
    try FileManager.default.copyItem(at: repositoryRoot().appending(path: "infra"), to: folder)
    example = folder.appending(path: "examples/nightly")
    for left in [folder, example] {
      for name in [".terraform", ".terraform.lock.hcl"] {
        try? FileManager.default.removeItem(at: left.appending(path: name))
      }
    }
    // moto's buckets are part of the path. What is off by default is made, too.
    try """
    provider "aws" {
      s3_use_path_style       = true
      skip_metadata_api_check = true
    }
    module "k6_grid" {
      release = { repository = "acme/k6-grid" }
    }
    """.write(to: example.appending(path: "moto_override.tf"), atomically: true, encoding: .utf8)
    let own = ["TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"]
    environment = aws.merging(own) { $1 }
      .merging(variables.map { ("TF_VAR_\($0.key)", $0.value) }) { $1 }
    try await run("init", ["-plugin-dir=\(Self.plugins.path)"])
  }

  /// - Returns: what it printed.
  @discardableResult
  func run(_ command: String, _ arguments: [String] = []) async throws -> String {
    // A stand-in that answers wrongly is asked again for minutes.
    let words = ["timeout", "240", "terraform", "-chdir=\(example.path)", command, "-no-color"]
    let ending = try await Program.run(
      "", words + (command == "output" ? [] : ["-input=false"]) + arguments, environment: environment,
      at: URL(fileURLWithPath: "/usr/bin/env"))
    guard ending.code == 0 else {
      throw Refusal(
        description: "terraform \(command): exit code \(ending.code)\n\(ending.output)\(ending.errors)")
    }
    return ending.output
  }

  func outputs() async throws -> JSON { try JSON(try await run("output", ["-json"]).utf8) }
}
