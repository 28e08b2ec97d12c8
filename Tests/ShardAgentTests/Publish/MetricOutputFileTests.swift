import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import ShardAgent

@Suite struct MetricOutputFileTests {
  private let line = [UInt8](repeating: 120, count: 5000) + [10]

  @Test func `while a line is not taken there is no other, and nobody waits`() throws {
    let pipe = try FullPipe()
    let output = MetricOutputFile(pipe.writer) { Issue.record("\($0)") }
    #expect(output.take(line))
    for _ in 0..<1000 { #expect(!output.take(line)) }
    #expect(output.state == .writing)
    let read = pipe.drain()
    try eventually("the line is taken") { output.state == .ready }
    #expect(output.take([65, 10]))
    try eventually("the other line is taken") { output.state == .ready }
    pipe.closeWriter()
    #expect(read.wait() == line + [65, 10], "each whole, in their order")
  }

  @Test func `a descriptor that somebody made non-blocking gets whole lines`() throws {
    let pipe = try FullPipe()
    _ = fcntl(pipe.writer.rawValue, F_SETFL, fcntl(pipe.writer.rawValue, F_GETFL) | O_NONBLOCK)
    let output = MetricOutputFile(pipe.writer) { Issue.record("\($0)") }
    let long = [UInt8](repeating: 120, count: 300_000) + [10]
    #expect(output.take(long))
    usleep(20_000)
    #expect(output.state == .writing)
    let read = pipe.drain()
    try eventually("the line is taken") { output.state == .ready }
    pipe.closeWriter()
    #expect(read.wait() == long)
  }

  @Test func `a reader that is gone is told once`() throws {
    let pipe = try FullPipe()
    pipe.closeReader()
    let reasons = Mutex<[String]>([])
    let output = MetricOutputFile(pipe.writer) { reason in reasons.withLock { $0.append(reason) } }
    #expect(output.take(line))
    try eventually("the end is noticed") { output.state == .broken }
    for _ in 0..<10 { #expect(!output.take(line)) }
    usleep(10_000)
    #expect(reasons.withLock(\.self) == ["Broken pipe"])
    pipe.closeWriter()
  }

  @Test func `a full disk is told once`() throws {
    let full = try FileDescriptor.open("/dev/full", .writeOnly)
    let reasons = Mutex<[String]>([])
    let output = MetricOutputFile(full) { reason in reasons.withLock { $0.append(reason) } }
    #expect(output.take(line))
    try eventually("the end is noticed") { reasons.withLock(\.count) == 1 }
    #expect(output.state == .broken && !output.take(line))
    try full.close()
  }
}
