import Foundation
import Glibc
import Synchronization

/// A server on a free port of loopback that keeps requests as the bytes that came, and answers with bytes as they are given.
package final class RawServer: Sendable {
  package enum Reply: Sendable {
    case bytes(String)
    /// The bytes, and then the connection is closed.
    case cut(String)
    case silence
  }

  private let socket: Int32
  package let port: UInt16
  private let state = Mutex<(requests: [String], replies: [Reply])>(([], []))

  /// - Parameter replies: for one request after the other; the last one for all that follow.
  package init(_ replies: [Reply]) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listening = socket
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listening, $0, size) == 0 && listen(listening, 64) == 0 && getsockname(listening, $0, &size) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    state.withLock { $0.replies = replies }
    Thread.detachNewThread { [weak self, socket] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else {
          close(socket)
          return
        }
        Thread.detachNewThread { [weak self] in Self.serve(connection) { self?.reply(to: $0) } }
      }
    }
  }

  package var host: String { "127.0.0.1:\(port)" }
  /// Head and body of each, as they came.
  package var requests: [String] { state.withLock(\.requests) }

  private func reply(to request: String) -> Reply {
    state.withLock { state in
      state.requests.append(request)
      return state.replies.count > 1 ? state.replies.removeFirst() : state.replies[0]
    }
  }

  private static func serve(_ connection: Int32, _ reply: (String) -> Reply?) {
    defer { close(connection) }
    while let request = read(connection), let reply = reply(request) {
      switch reply {
      case .bytes(let text): write(connection, text)
      case .cut(let text): return write(connection, text)
      case .silence:
        var byte: UInt8 = 0
        _ = recv(connection, &byte, 1, 0)  // until the client goes
        return
      }
    }
  }

  private static func read(_ connection: Int32) -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let length =
          text[..<end.lowerBound].lowercased().components(separatedBy: "content-length: ").dropFirst().first
          .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        if text[end.upperBound...].utf8.count >= length { return text }
      }
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      bytes += chunk.prefix(count)
    }
  }

  private static func write(_ connection: Int32, _ text: String) {
    let bytes = Array(text.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Ends the thread that accepts, which closes.
  deinit { shutdown(socket, Int32(SHUT_RDWR)) }
}
