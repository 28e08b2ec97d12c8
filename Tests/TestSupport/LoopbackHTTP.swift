package import Foundation
import Glibc

/// One request to a server on loopback, without a library: an answer with a length, on a connection of its own.
package func loopbackHTTP(
  _ method: String, _ address: String, body: Data = Data(), headers: [String: String] = [:]
) throws -> (status: Int, body: Data) {
  struct Failure: Error { let message: String }
  guard let url = URL(string: address), let port = url.port else {
    throw Failure(message: "'\(address)' has no port")
  }
  let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(socket) }
  var peer = sockaddr_in()
  peer.sin_family = sa_family_t(AF_INET)
  peer.sin_port = UInt16(port).bigEndian
  peer.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let connected = withUnsafePointer(to: peer) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard connected == 0 else { throw Failure(message: "\(address) does not answer") }
  let lines =
    [
      "\(method) \(url.path.isEmpty ? "/" : url.path) HTTP/1.1", "Host: 127.0.0.1:\(port)",
      "Connection: close",
      "Content-Length: \(body.count)",
    ] + headers.map { "\($0.key): \($0.value)" }
  let request = [UInt8](Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  var sent = 0
  while sent < request.count {
    let count = request[sent...].withUnsafeBytes {
      send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard count > 0 else { throw Failure(message: "\(address) closed the connection") }
    sent += count
  }
  var answer = Data()
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
  guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)),
    let status = String(decoding: answer[..<end.lowerBound], as: UTF8.self).split(separator: " ").dropFirst()
      .first
      .flatMap({ Int($0) })
  else { throw Failure(message: "\(address) gave no answer") }
  return (status, Data(answer[end.upperBound...]))
}
