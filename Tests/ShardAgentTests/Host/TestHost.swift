import Shared
import Synchronization

@testable import ShardAgent

/// A machine whose clock and files a test turns by hand.
final class TestHost: Sendable {
  private let clock = Mutex<Int64>(1_795_565_576_000_000_000)
  private let files = Mutex<[String: String]>([:])
  /// Called when somebody sleeps, after the clock has gone on; throws to end the sleep as a cancellation does.
  private let slept: @Sendable (Duration) throws -> Void

  init(slept: @escaping @Sendable (Duration) throws -> Void = { _ in }) { self.slept = slept }

  var now: UTCInstant { clock.withLock { UTCInstant(nanoseconds: $0) } }

  func advance(_ seconds: Double) { clock.withLock { $0 += Int64(seconds * 1e9) } }

  subscript(path: String) -> String? {
    get { files.withLock { $0[path] } }
    set { files.withLock { $0[path] = newValue } }
  }

  func host(limits: [String: String] = [:]) -> Host {
    Host(
      now: { self.now },
      uptime: { Double(self.now.nanoseconds) / 1e9 },
      sleep: { duration in
        self.advance(Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
        try self.slept(duration)
        await Task.yield()
      },
      environment: [:], limits: ContainerLimits { limits[$0] }, processorCount: 2, machine: "machine",
      text: { self[$0] }, names: { self.names($0) }, ticksPerSecond: 100, pageBytes: 4096, processID: 7,
      randomText: { "random" })
  }

  private func names(_ folder: String) -> [String] {
    let paths = files.withLock { Array($0.keys) }.filter { $0.hasPrefix("\(folder)/") }
    return Array(Set(paths.map { String($0.dropFirst(folder.count + 1).prefix { $0 != "/" }) }))
  }

  /// The files of a process as the kernel writes them: ticks of CPU, resident pages, nanoseconds of waiting by thread.
  func setProcess(_ id: Int, ticks: Int, pages: Int, waited: [Int: UInt64] = [:], turns: Int = 3) {
    self["/proc/\(id)/stat"] =
      "\(id) (k6) S 1 \(id) \(id) 0 -1 4194560 100 0 0 0 \(ticks - ticks / 3) \(ticks / 3) 0 0 20 0 9 0 100 0 0"
    self["/proc/\(id)/statm"] = "312345 \(pages) 4000 3000 0 20000 0"
    for (thread, waited) in waited {
      self["/proc/\(id)/task/\(thread)/schedstat"] = "1000 \(waited) \(thread == id ? 3 : turns)\n"
    }
  }

  func endProcess(_ id: Int) {
    files.withLock { files in files = files.filter { !$0.key.hasPrefix("/proc/\(id)/") } }
  }
}
