import Foundation
import Synchronization
import SystemPackage

/// A pipe into which nothing goes any more until somebody reads.
final class FullPipe: Sendable {
  let writer: FileDescriptor
  private let reader: FileDescriptor
  private let filler: Int

  init() throws {
    signal(SIGPIPE, SIG_IGN)
    let ends = try FileDescriptor.pipe()
    (reader, writer) = (ends.readEnd, ends.writeEnd)
    let flags = fcntl(writer.rawValue, F_GETFL)
    _ = fcntl(writer.rawValue, F_SETFL, flags | O_NONBLOCK)
    var written = 0
    let block = [UInt8](repeating: 32, count: 4096)
    while let count = try? block.withUnsafeBytes({ try ends.writeEnd.write($0) }) { written += count }
    _ = fcntl(writer.rawValue, F_SETFL, flags)
    filler = written
  }

  /// Reads on a thread of its own until the writing end is closed.
  func drain() -> Drain { Drain(reader, skipping: filler) }

  func closeWriter() { try? writer.close() }
  func closeReader() { try? reader.close() }
}

/// What was read of a pipe, when it is at its end.
final class Drain: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  private let end = DispatchSemaphore(value: 0)
  private let skipped: Int

  init(_ reader: FileDescriptor, skipping count: Int) {
    skipped = count
    Thread.detachNewThread { [self] in
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while let count = try? chunk.withUnsafeMutableBytes({ try reader.read(into: $0) }), count > 0 {
        bytes.withLock { $0 += chunk.prefix(count) }
      }
      end.signal()
    }
  }

  /// - Precondition: the writing end is closed.
  func wait() -> [UInt8] {
    end.wait()
    return bytes.withLock { Array($0.dropFirst(skipped)) }
  }
}

/// Waits for something that another thread does.
func eventually(_ what: String, _ condition: () -> Bool) throws {
  for _ in 0..<10_000 {
    if condition() { return }
    usleep(1000)
  }
  throw NeverHappened(what: what)
}

struct NeverHappened: Error { let what: String }
