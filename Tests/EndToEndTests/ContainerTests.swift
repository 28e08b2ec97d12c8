import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The agent as process 1 of a process namespace, as in a container without an init.
  @Suite(.serialized, .enabled(if: geteuid() == 0, "a process namespace needs root")) struct ContainerTests {
    /// Its number seen from outside, its parent's, and whether it is dead and not waited for.
    private struct ProcessState {
      let processID, parent: Int32
      let isZombie: Bool
    }

    private func children(of parent: Int32) -> [ProcessState] {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return entries.compactMap(Int32.init).compactMap { processID in
        guard let stat = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
          let nameEnd = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
        guard fields.count > 1, Int32(fields[1]) == parent else { return nil }
        return ProcessState(processID: processID, parent: parent, isZombie: fields[0] == "Z")
      }
    }

    @Test func `as process 1 it passes SIGTERM on, hands in, and takes dead orphans away`() async throws {
      let folder = try temporaryFolder()
      let script = folder.appending(path: "long.js")
      try
        "import { sleep } from 'k6';\nexport const options = { vus: 2, duration: '60s' };\nexport default function () { sleep(0.1) }"
        .write(to: script, atomically: true, encoding: .utf8)
      let k6 = folder.appending(path: "k6")
      try "#!/bin/sh\n[ \"$1\" = run ] && (sleep 0.2 &)\nexec \(K6.newest.path) \"$@\"\n".write(
        to: k6, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: k6.path)
      let namespace = try Program(
        "",
        [
          "--pid", "--fork", "--mount-proc", "--kill-child",
          Program.folder.appending(path: "shard-agent").path, "run", script.path,
          "--store", "file://\(folder.path)/out",
        ], environment: ["K6_BIN": k6.path], at: URL(fileURLWithPath: "/usr/bin/unshare"))
      func files() -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: folder.path + "/out")) ?? []
      }
      try await eventually("progress") { files().contains { $0.hasSuffix("progress.json") } }
      let agent = try #require(children(of: namespace.processID).first?.processID)
      try await eventually("the end of the orphan", within: 5) {
        let left = children(of: agent)
        return left.count == 1 && !left.contains(where: \.isZombie)
      }
      kill(agent, SIGTERM)
      let ending = await namespace.ending()
      #expect(ending.code == 105, "\(ending.errors)")
      #expect(files().contains { $0.hasSuffix("shard-0/summary.json") })
    }
  }
}
