import Foundation
import TestSupport
import Testing

/// The steps of `ci.yml`, `release.yml` and `action.yml` in a checkout of what they need. Programs of GitHub's machines and
/// the build are stand-ins that write down how they were called; `scripts/release` is the real one.
@Suite(.serialized, .enabled(if: WorkflowJob.isThere, "PyYAML is not installed in .tools: run make test"))
struct ReleaseWorkflowTests {
  private let checkout: URL
  private let bin: URL
  private var calls: URL { checkout.appending(path: "calls.txt") }

  init() throws {
    checkout = try temporaryFolder()
    bin = checkout.appending(path: "stand-ins")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    for path in ["scripts/release", ".ci/run", "Sources/Shared/Version.swift", "CHANGELOG.md"] {
      let copy = checkout.appending(path: path)
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: repositoryRoot().appending(path: path), to: copy)
    }
    let note = "#!/bin/sh\necho \"$(basename \"$0\") $*\" >>\"\(calls.path)\"\n"
    try put("apt-get", note)
    try put("gh", note)
    try put(
      "make",
      note
        + "[ \"$1\" != dist ] || { mkdir -p dist && cp /bin/true dist/coordinator && cp /bin/false dist/shard-agent; }\n"
    )
    try put(
      "docker",
      note + """
        case "$*" in
          *inspect*) echo "sha256:${DIGEST_OF_BOTH-feed}" ;;
          "create private"*) grep -q "docker login ghcr.io --username ada --password-stdin" "\(calls.path)" && echo container ;;
          create*) echo container ;;
        esac

        """)
  }

  private func put(_ name: String, _ script: String) throws {
    let file = bin.appending(path: name)
    try script.write(to: file, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
  }

  private func released() throws {
    let changelog = checkout.appending(path: "CHANGELOG.md")
    let text = try String(contentsOf: changelog, encoding: .utf8)
    try text.replacing("## 0.1.0 (unreleased)", with: "## 0.1.0 (2026-12-01)")
      .write(to: changelog, atomically: true, encoding: .utf8)
  }

  private func job(_ workflow: String, _ job: String, _ arguments: [String] = [], tag: String = "v0.1.0")
    async throws -> Program.Ending
  {
    try await WorkflowJob.start(
      workflow, job, arguments, bin: bin,
      environment: [
        "GITHUB_REF_NAME": tag, "GITHUB_REPOSITORY": "acme/k6-grid", "RUNNER_TEMP": checkout.path,
        "GITHUB_ACTOR": "ada", "GITHUB_SHA": "1f", "RUN_JOB_FOLDER": checkout.path,
      ]
    ).ending()
  }

  private func called() throws -> String { try String(contentsOf: calls, encoding: .utf8) }

  @Test func `a tag becomes archives, one name for two images, and a release`()
    async throws
  {
    try released()
    let built = try await job(".github/workflows/release.yml", "build", ["--matrix", "arch=amd64"])
    #expect(built.code == 0, "\(built.output)\(built.errors)")
    let dist = checkout.appending(path: "dist")
    let archives = try FileManager.default.contentsOfDirectory(atPath: dist.path)
      .filter { $0.hasSuffix(".tar.gz") }
    #expect(archives.count == 1 && archives[0].hasPrefix("k6-grid-0.1.0-linux-"), "\(archives)")
    let first = try Data(contentsOf: dist.appending(path: archives[0]))

    for name in ["coordinator", "shard-agent"] {
      try FileManager.default.removeItem(at: dist.appending(path: name))
    }
    let matrix = ["--matrix", "target=shard", "--matrix", "arch=amd64"]
    let image = try await job(
      ".github/workflows/release.yml", "images", matrix + ["--output", "push.digest=sha256:abc1"])
    #expect(image.code == 0, "\(image.output)\(image.errors)")
    #expect(FileManager.default.isExecutableFile(atPath: dist.appending(path: "shard-agent").path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: checkout.path + "/digests") == ["abc1"])

    let lonely = try await job(".github/workflows/release.yml", "manifest", ["--matrix", "target=shard"])
    #expect(lonely.code == 1 && lonely.errors.contains("expected the digests of two architectures"))
    try Data().write(to: checkout.appending(path: "digests/abc2"))
    let manifest = try await job(
      ".github/workflows/release.yml", "manifest", ["--matrix", "target=shard"])
    #expect(manifest.code == 0, "\(manifest.output)\(manifest.errors)")
    #expect(
      try WorkflowJob.steps(manifest.output)["Give both one name"]?.outputs?["digest"] == "sha256:feed")
    let both = "ghcr.io/acme/k6-grid-shard@sha256:abc1 ghcr.io/acme/k6-grid-shard@sha256:abc2"
    #expect(
      try called().contains(
        "docker buildx imagetools create --tag ghcr.io/acme/k6-grid-shard:v0.1.0 \(both)\n"))
    let copied = try await job(
      ".github/workflows/release.yml", "ecr", ["--var", "ECR_REPOSITORY=ecr.example/load-shard"])
    #expect(copied.code == 0, "\(copied.output)\(copied.errors)")
    #expect(
      try called().contains("--tag ecr.example/load-shard:v0.1.0 ghcr.io/acme/k6-grid-shard:v0.1.0\n"))

    let release = try await job(".github/workflows/release.yml", "release")
    #expect(release.code == 0, "\(release.output)\(release.errors)")
    let notes = try String(contentsOf: checkout.appending(path: "notes.md"), encoding: .utf8)
    #expect(notes.contains("### Added") && !notes.contains("## 0.1.0"))
    let sums = try String(contentsOf: dist.appending(path: "checksums.txt"), encoding: .utf8)
    #expect(sums.contains(archives[0]))
    #expect(try called().contains("gh release create v0.1.0 --verify-tag"))
    // Packed again they are the same bytes.
    _ = try await job(".github/workflows/release.yml", "build", ["--matrix", "arch=amd64"])
    #expect(try Data(contentsOf: dist.appending(path: archives[0])) == first)
  }

  @Test(arguments: [("v0.2.0", "the tag is v0.2.0"), ("v0.1.0", "has no heading")])
  func `what is not ready is not released`(tag: String, sentence: String) async throws {
    let ending = try await job(
      ".github/workflows/release.yml", "build", ["--matrix", "arch=amd64"], tag: tag)
    #expect(ending.code == 1 && ending.errors.contains(sentence), "\(ending.errors)")
  }

  @Test func `CI runs what a person runs`() async throws {
    for name in ["check", "arm64", "images"] {
      let ending = try await job(".github/workflows/ci.yml", name)
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    }
    let calls = try called()
    for call in ["make check", "make test", "--target shard", "--target coordinator"] {
      #expect(calls.contains(call), "\(call): \(calls)")
    }
  }

  @Test func `the action puts the coordinator on PATH`() async throws {
    let ending = try await job(
      "action.yml", "action", ["--input", "image=ghcr.io/acme/k6-grid-coordinator:v1"])
    #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
    #expect(try called().contains("docker create ghcr.io/acme/k6-grid-coordinator:v1"))
    #expect(try !called().contains("docker login"), "nobody is told a token who need not know it")
    let hidden = try await job("action.yml", "action", ["--input", "image=private.example/coordinator"])
    #expect(hidden.code == 0, "\(hidden.output)\(hidden.errors)")
    let without = try await job("action.yml", "action")
    #expect(without.code == 1 && without.errors.contains("missing: ['image']"), "\(without.errors)")
  }
}
