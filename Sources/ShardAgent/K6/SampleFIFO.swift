import Glibc
import Synchronization
import SystemPackage

/// The named pipe into which k6 writes its samples, read on a thread of its own.
///
/// It is opened before k6 is started, and its own writing end is kept open, so that there is no end of file until
/// ``finish()``: k6 opens and closes it as it likes. k6 writes a line at a time in bursts, so a small read is
/// followed by a short pause: a reader that wakes for every line costs ten times as much.
final class SampleFIFO: Sendable {
  let path: String
  private let reader: FileDescriptor
  /// A read of less than this is followed by a pause. Half of the pipe: what k6 writes meanwhile finds room.
  private let smallRead: Int
  private let writer: Mutex<FileDescriptor?>
  private let isDrained = Mutex<(done: Bool, waiting: CheckedContinuation<Void, Never>?)>((false, nil))

  /// - Parameter take: called on the thread for every chunk.
  init(path: String, take: @escaping @Sendable (Span<UInt8>) -> Void) throws {
    self.path = path
    guard mkfifo(path, 0o600) == 0 else { throw Errno(rawValue: errno) }
    reader = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
    let writer = try FileDescriptor.open(path, .writeOnly, options: [.nonBlocking, .closeOnExec])
    // A larger pipe wakes the reader less often. Where the limit of this machine is lower it stays as it is.
    _ = fcntl(writer.rawValue, setPipeSize, 1 << 20)
    smallRead = Int(max(0, fcntl(writer.rawValue, getPipeSize))) / 2
    self.writer = Mutex(writer)
    try startThread { [self] in
      readAll(take)
      isDrained.withLock { state in
        state.done = true
        state.waiting?.resume()
        state.waiting = nil
      }
    }
  }

  /// After k6 is gone: returns when everything that it wrote has been taken.
  func finish() async {
    let closing = writer.withLock { writer in
      defer { writer = nil }
      return writer
    }
    try? closing?.close()
    await withCheckedContinuation { continuation in
      isDrained.withLock { state in
        if state.done { continuation.resume() } else { state.waiting = continuation }
      }
    }
  }

  private func readAll(_ take: (Span<UInt8>) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 19)
    defer { try? reader.close() }
    while true {
      var waiting = pollfd(fd: reader.rawValue, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, -1) >= 0 || errno == EINTR else { return }
      do {
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
        if count == 0 { return }
        take(buffer.span.extracting(0..<count))
        if count < smallRead { usleep(10_000) }
      } catch Errno.wouldBlock, Errno.interrupted {
        continue
      } catch {
        return
      }
    }
  }
}

/// F_SETPIPE_SZ and F_GETPIPE_SZ of Linux, which Glibc's module leaves out.
private let setPipeSize: Int32 = 1031
private let getPipeSize: Int32 = 1032
