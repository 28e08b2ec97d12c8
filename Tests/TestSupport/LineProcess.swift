import Dispatch
import Foundation
import Synchronization

/// A program that is talked to by lines. It ends with this object, and by the end of its input if the tests die.
package final class LineProcess: Sendable {
  private struct Handles: @unchecked Sendable {
    let process: Process
    let input: FileHandle
    let output: FileHandle
    var buffer = Data()

    mutating func line() throws -> String {
      while true {
        if let end = buffer.firstIndex(of: 10) {
          let line = buffer[..<end]
          buffer = Data(buffer[(end + 1)...])
          return String(decoding: line, as: UTF8.self)
        }
        let more = output.availableData
        guard !more.isEmpty else { throw CocoaError(.fileReadUnknown) }
        buffer += more
      }
    }
  }
  package let processID: Int32
  private let handles: Mutex<Handles>
  /// Blocking reads have a thread of their own, one at a time.
  private let queue = DispatchQueue(label: "LineProcess")

  package init(_ command: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    processID = process.processIdentifier
    // Else the output would never end.
    try? output.fileHandleForWriting.close()
    try? input.fileHandleForReading.close()
    handles = Mutex(
      Handles(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading))
  }

  package func readLine() async throws -> String { try await onQueue { try $0.line() } }

  package func exchange(_ line: String) async throws -> String {
    try await onQueue { handles in
      try handles.input.write(contentsOf: Data("\(line)\n".utf8))
      return try handles.line()
    }
  }

  private func onQueue(_ body: @escaping @Sendable (inout Handles) throws -> String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      queue.async {
        continuation.resume(with: Result { try self.handles.withLock { try body(&$0) } })
      }
    }
  }

  deinit {
    handles.withLock {
      try? $0.input.close()
      try? $0.output.close()
      if $0.process.isRunning { $0.process.terminate() }
    }
  }
}
