import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct AttachedLauncherTests {
  @Test(arguments: [true, false])
  func `a shard of somebody else's that has not handed in may be left`(hasHandedIn: Bool) async throws {
    let store = DirectoryObjectStore(folder: try temporaryFolder().path)
    let keys = RunKeys(Samples.run)
    let launcher = AttachedLauncher(store: store, plan: Samples.plan(shards: 2))
    for shard in 0...1 { _ = try await store.put([123, 125], at: keys.ready(shard), if: .always) }
    await launcher.refresh(isUrgent: true)
    #expect(await launcher.state(1) == .running)
    if hasHandedIn {
      for shard in 0...1 { _ = try await store.put([123, 125], at: keys.summary(shard), if: .always) }
      await launcher.refresh(isUrgent: true)
    }
    for shard in 0...1 { await launcher.end(shard) }
    for shard in 0...1 { #expect(await !launcher.state(shard).isRunning) }
    #expect(await launcher.settle() == hasHandedIn)
  }
}
