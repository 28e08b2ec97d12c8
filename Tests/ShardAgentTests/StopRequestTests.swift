import Shared
import Synchronization
import Testing

@testable import ShardAgent

@Suite struct StopRequestTests {
  private final class Control: K6Control {
    let processID: Int32 = 7
    let terminated = Mutex(0)
    func terminate() { terminated.withLock { $0 += 1 } }
    func kill() {}
  }

  @Test func `the first reason counts, whether k6 is there or not`() {
    let (stop, control) = (StopRequest(), Control())
    stop.request(.threshold, "a limit was crossed")
    stop.request(.signal, "SIGTERM")
    #expect(stop.reason == .init(cause: .threshold, sentence: "a limit was crossed"))
    stop.attach(control)
    #expect(control.terminated.withLock { $0 } == 1)
  }

  @Test func `the first signal counts, also behind another reason`() {
    let (stop, first) = (StopRequest(), UTCInstant(nanoseconds: 1))
    stop.request(.command, "x")
    #expect(stop.signalledAt == nil)
    stop.signal("SIGTERM", at: first)
    stop.signal("SIGTERM", at: UTCInstant(nanoseconds: 2))
    #expect(stop.signalledAt == first && stop.reason?.cause == .command)
  }

  /// A word that is read again every second must not end a k6 that is at its teardown.
  @Test func `a k6 with a teardown before it is stopped gently, once, and goes when it may`() {
    let (stop, control) = (StopRequest(), Control())
    let gently = Mutex(0)
    stop.attach(control)
    stop.stopGently { gently.withLock { $0 += 1 } }
    stop.request(.command, "x")
    stop.request(.command, "x")
    #expect(gently.withLock { $0 } == 1 && control.terminated.withLock { $0 } == 0)
    stop.letGo()
    #expect(control.terminated.withLock { $0 } == 1)
  }

  @Test func `a request that came before is followed gently too`() {
    let stop = StopRequest()
    let gently = Mutex(0)
    stop.request(.command, "x")
    stop.stopGently { gently.withLock { $0 += 1 } }
    #expect(gently.withLock { $0 } == 1)
  }
}
