import Glibc
import SystemPackage

/// Runs something that may block on a thread of its own: the threads of Swift's tasks are as few as the processors, and
/// must not wait for anybody.
/// - Throws: `Errno` when there is no thread to be had; then nothing is run.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
  let box = Unmanaged.passRetained(ThreadBody(body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  guard status == 0 else {
    box.release()
    throw Errno(rawValue: status)
  }
  pthread_detach(thread)
}

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
