import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct ScriptDeliveryTests {
  @Test(arguments: [
    ("load.js", ScriptOrigin.file("load.js")), ("-x.js", .file("./-x.js")), ("/a b/ü.js", .file("/a b/ü.js")),
    ("image:///scripts/load.js", .image("/scripts/load.js")),
    ("s3://bucket/scripts/load.js", .bucket("s3://bucket/scripts/load.js")),
  ])
  func `a script is a file, a path in the image, or an object`(text: String, origin: ScriptOrigin) throws {
    #expect(try ScriptOrigin(text) == origin)
  }

  @Test(arguments: [
    ("image://load.js", "is no path in the image"), ("image:///", "is no path in the image"),
    ("s3://bucket", "is no object of a bucket"), ("s3://bucket/", "is no object of a bucket"),
    ("s3://b/load.js", "is no object of a bucket"), ("s3://bucket/a b.js", "is no object of a bucket"),
  ])
  func `what is none of them is refused`(text: String, sentence: String) {
    let error = #expect(throws: UsageError.self) { try ScriptOrigin(text) }
    #expect(error?.description.contains(sentence) == true)
  }

  @Test func `exactly one has to start the shards`() throws {
    #expect(try ShardPlace(isLocal: true, isAttached: false, cluster: nil) == .thisMachine)
    #expect(try ShardPlace(isLocal: false, isAttached: true, cluster: nil) == .attached)
    #expect(try ShardPlace(isLocal: false, isAttached: false, cluster: "grid") == .cluster)
    for (local, attached, cluster) in [
      (false, false, nil), (true, true, nil), (true, false, "grid"), (false, true, "grid"),
    ] {
      let error = #expect(throws: UsageError.self) {
        try ShardPlace(isLocal: local, isAttached: attached, cluster: cluster)
      }
      #expect(error?.description.contains("--attach") == true)
    }
    #expect(throws: UsageError.self) { try ShardPlace.thisMachine.check(.image("/load.js")) }
    #expect(throws: UsageError.self) { try ShardPlace.thisMachine.check(.bucket("s3://bucket/load.js")) }
    try ShardPlace.thisMachine.check(.file("load.js"))
    try ShardPlace.cluster.check(.image("/load.js"))
  }

  private func folder(_ files: [String: String]) throws -> URL {
    let folder = try temporaryFolder()
    for (path, text) in files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return folder
  }

  private func packed(_ folder: URL, _ script: String, in bundle: String? = nil) throws -> ScriptBundle {
    try BundleDirectory(
      script: folder.appending(path: script).path, folder: bundle.map { folder.appending(path: $0).path }
    ).read()
  }

  @Test func `the script's folder is sent, without what is hidden and without packages`() throws {
    let folder = try folder([
      "load/checkout.js": "import './lib/session.js'", "load/lib/session.js": "x",
      "load/data/users.csv": "a,b",
      "load/.env": "SECRET=1", "load/.git/config": "y", "load/node_modules/k6/index.js": "z", "other.js": "o",
    ])
    let bundle = try packed(folder, "load/checkout.js")
    #expect(bundle.script == "checkout.js")
    #expect(bundle.files.map(\.path) == ["checkout.js", "data/users.csv", "lib/session.js"])
    #expect(bundle.listed.map(\.digest)[1] == sha256(Array("a,b".utf8)))
    let wider = try packed(folder, "load/checkout.js", in: ".")
    #expect(wider.script == "load/checkout.js" && wider.files.count == 4)
    #expect(wider.files.contains { $0.path == "other.js" })
  }

  @Test func `a link to a file is sent as the file`() throws {
    let folder = try folder(["load.js": "l", "shared/data.json": "{}"])
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "data.json"), withDestinationURL: folder.appending(path: "shared/data.json"))
    let bundle = try packed(folder, "load.js")
    #expect(bundle.files.first { $0.path == "data.json" }?.bytes == Array("{}".utf8))
  }

  @Test func `what cannot be sent is named, with what to do`() throws {
    let spaced = try folder(["load.js": "l", "my file.js": "x"])
    var error = #expect(throws: UsageError.self) { try packed(spaced, "load.js") }
    #expect(error?.description.contains("/my file.js cannot be sent with the run: expected names of") == true)

    let linked = try folder(["load/load.js": "l", "data/a.csv": "x"])
    try FileManager.default.createSymbolicLink(
      at: linked.appending(path: "load/data"), withDestinationURL: linked.appending(path: "data"))
    error = #expect(throws: UsageError.self) { try packed(linked, "load/load.js") }
    #expect(error?.description.contains("/load/data is a link to a folder") == true)

    let dangling = try folder(["load.js": "l"])
    try FileManager.default.createSymbolicLink(
      atPath: dangling.appending(path: "gone.js").path, withDestinationPath: "/nowhere")
    error = #expect(throws: UsageError.self) { try packed(dangling, "load.js") }
    #expect(error?.description.contains("/gone.js is no file that can be sent") == true)

    let hidden = try folder([".load.js": "l"])
    error = #expect(throws: UsageError.self) { try packed(hidden, ".load.js") }
    #expect(error?.description.contains("the script .load.js is not among the files") == true)

    error = #expect(throws: UsageError.self) { try packed(linked, "load/load.js", in: "data") }
    #expect(error?.description.contains("expected --bundle to be a folder around it") == true)
  }

  @Test func `a folder with too much in it is refused`() throws {
    func check(_ entries: [BundleEntry]) throws {
      try BundleRules.check(
        [BundleEntry(path: "load.js", size: 1)] + entries, script: "load.js", folder: "/f")
    }
    let many = (1..<1000).map { BundleEntry(path: "\($0).js", size: 1) }
    try check(many)
    var error = #expect(throws: UsageError.self) { try check(many + [BundleEntry(path: "x", size: 1)]) }
    #expect(
      error?.description
        == "/f has more than 1000 files to be sent with the run: choose a folder with less in it by --bundle")
    try check([BundleEntry(path: "a", size: (64 << 20) - 1)])
    error = #expect(throws: UsageError.self) { try check([BundleEntry(path: "a", size: 64 << 20)]) }
    #expect(error?.description.hasPrefix("/f has 64 MiB to be sent with the run, and 64 MiB may be") == true)
    let long = (0..<5).map { _ in String(repeating: "a", count: 150) }.joined(separator: "/")
    error = #expect(throws: UsageError.self) { try check([BundleEntry(path: long, size: 1)]) }
    #expect(error?.description.contains("at most 600 in all") == true)
  }

  @Test(
    arguments: [
      ("out/2026-11-23", nil, "/w/out", "2026-11-23"),
      ("/tmp/x/2026-11-23.2/", nil, "/tmp/x", "2026-11-23.2"),
      ("s3://bucket/checkout/2026-11-23", nil, "s3://bucket/checkout", "2026-11-23"),
      ("s3://bucket/2026-11-23", nil, "s3://bucket", "2026-11-23"),
      ("file:///tmp/x/2026-11-23", nil, "/tmp/x", "2026-11-23"),
      ("2026-11-23", "s3://bucket/checkout", "s3://bucket/checkout", "2026-11-23"),
      (nil, "s3://bucket/checkout", "s3://bucket/checkout", nil),
    ] as [(String?, String?, String, String?)])
  func `a run is named by its folder, its address, or its store`(
    argument: String?, store: String?, location: String, run: String?
  ) throws {
    let reference = try #require(
      try RunReference(argument: argument, store: store, run: nil) { $0.hasPrefix("/") ? $0 : "/w/\($0)" })
    #expect(reference.location == (try? StoreLocation(location)) ?? .folder(location))
    #expect(reference.run?.text == run)
  }

  @Test(
    arguments: [
      ("", nil, nil, "'' is no run"), ("/", nil, nil, "'/' is no run"),
      ("s3://bucket", nil, nil, "is no run"),
      ("out/a b", nil, nil, "'out/a b' is no run"), (nil, nil, "2026-11-23", "--run needs a store"),
      ("out/x", nil, "y", "the run is named twice"), (nil, "ftp://x", nil, "(--store)"),
      (nil, "s3://bucket", "a b", "(--run) is no run id"),
    ] as [(String?, String?, String?, String)])
  func `what names no run is refused`(argument: String?, store: String?, run: String?, sentence: String) {
    let error = #expect(throws: UsageError.self) {
      try RunReference(argument: argument, store: store, run: run) { $0.hasPrefix("/") ? $0 : "/\($0)" }
    }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test func `who names nothing means nothing`() throws {
    #expect(try RunReference(argument: nil, store: nil, run: nil) { $0 } == nil)
  }
}
