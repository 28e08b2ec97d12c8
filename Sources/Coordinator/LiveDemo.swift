import Foundation
import Shared

func liveDemo(folder: String, days: Int, templates: String?) async throws -> Int32 {
  guard (0...3650).contains(days) else {
    throw UsageError("--nights is \(days): expected 0 to 3650 days")
  }
  let folder = absolutePath(folder)
  let renderer = try PageRenderer(templates: templates.map { try PageTemplates(folder: absolutePath($0)) })
  let store = DirectoryObjectStore(folder: folder)
  try await clear(store, folder: folder)
  _ = try await store.put(Array((DemoStore.notice + "\n").utf8), at: demoMark, if: .always)
  let objects = try DemoStore(days: days).objects()
  for object in objects { _ = try await store.put(object.bytes, at: object.key, if: .always) }
  let builder = SiteBuilder(
    store: store, renderer: renderer,
    options: SiteOptions(
      suite: DemoStore.suite, notice: DemoStore.notice, firstRun: "02:14 UTC", isStaleable: false,
      isWhole: true),
    now: { DemoStore.builtAt })
  try await SitePublisher(store: store, wait: liveHistoryWait).publish { try await builder.build().site }
  writeOutput(
    "\(counted(days, "day")) of a made-up history in \(folder)/history.csv, and the page of it:\nfile://\(folder)/report/index.html\n"
  )
  return 0
}

/// By this file a folder is known as a demo's.
private let demoMark: ObjectKey = "demo.txt"

/// Takes away what an earlier demo has left, and nothing that is not a demo's.
private func clear(_ store: DirectoryObjectStore, folder: String) async throws {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  guard !names.isEmpty else { return }
  guard names.contains(demoMark.text) else {
    throw UsageError(
      "--out \(folder) has files that are no demo's: name a folder that is new, empty, or an earlier demo's")
  }
  for key in try await store.list("") {
    let isDemo = key == historyKey || key.text.hasSuffix("/result.json") || key.text.hasPrefix("report/")
    if isDemo { try await store.delete(key) }
  }
}
