import Glibc
import Synchronization
import SystemPackage

/// Where the live metrics go: a descriptor whose reader may be slow, may have stopped reading or may be gone.
///
/// A line is written on a thread of its own, and while one is on its way no other is taken: nobody waits, nothing
/// piles up, and whoever has the numbers keeps them for the next line.
final class MetricOutputFile: Sendable {
  enum State { case ready, writing, broken }

  private let descriptor: FileDescriptor
  private let failed: @Sendable (_ reason: String) -> Void
  private let current = Mutex(State.ready)

  /// - Parameter failed: called once, when a line could not be written. From then on none is taken: half a line may
  ///   be there.
  init(_ descriptor: FileDescriptor, failed: @escaping @Sendable (_ reason: String) -> Void) {
    (self.descriptor, self.failed) = (descriptor, failed)
  }

  var state: State { current.withLock { $0 } }

  /// - Returns: false, and nothing is written, unless it is ready.
  func take(_ line: [UInt8]) -> Bool {
    let isReady = current.withLock { state in
      defer { if state == .ready { state = .writing } }
      return state == .ready
    }
    guard isReady else { return false }
    do { try startThread { [self] in writeWhole(line) } } catch {
      current.withLock { $0 = .ready }
      return false
    }
    return true
  }

  private func writeWhole(_ line: [UInt8]) {
    do {
      var rest = line[...]
      while !rest.isEmpty {
        do { rest = rest.dropFirst(try rest.withUnsafeBytes { try descriptor.write($0) }) } catch Errno
          .wouldBlock
        {
          // Somebody who shares the descriptor has made it non-blocking.
          var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
          _ = poll(&waiting, 1, -1)
        }
      }
      current.withLock { $0 = .ready }
    } catch {
      current.withLock { $0 = .broken }
      failed("\(error)")
    }
  }
}
