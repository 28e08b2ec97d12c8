import FlyingSocks
import Foundation
import TestSupport

/// Docker's Engine API over its unix socket, a connection a call. Its calls block, `wait` for as long as a container runs.
struct DockerEngine: Sendable {
  struct Failure: Error { let message: String }
  struct Answer {
    let status: Int
    let body: Data
    /// Docker's own words when it refused.
    var message: String { (try? JSON(body))?["message"]?.string ?? "HTTP \(status)" }
  }

  let socket: String
  private let prefix: String

  /// - Throws: ``Failure`` when no engine answers.
  init(socket: String) throws {
    self.socket = socket
    let (head, _) = try Self.exchange(socket, "GET", "/_ping", nil)
    let version = head.split(separator: "\r\n").lazy
      .compactMap { $0.wholeMatch(of: #/(?i)api-version: *([0-9.]+)/#)?.1 }.first
    guard let version else {
      throw Failure(message: "who answers at \(socket) is no Docker engine")
    }
    prefix = "/v\(version)"
  }

  func call(_ method: String, _ path: String, _ body: JSON? = nil) throws -> Answer {
    let (head, rest) = try Self.exchange(socket, method, prefix + path, body?.text)
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    guard let status else { throw Failure(message: "Docker's answer to \(method) \(path) is none") }
    return Answer(status: status, body: rest)
  }

  /// HTTP/1.0: the answer is whole when the connection is closed.
  private static func exchange(_ path: String, _ method: String, _ target: String, _ body: Data?) throws
    -> (head: String, body: Data)
  {
    var answer = Data()
    do {
      let socket = try Socket(domain: AF_UNIX)
      defer { try? socket.close() }
      try socket.connect(to: sockaddr_un.unix(path: path))
      let head =
        "\(method) \(target) HTTP/1.0\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: \(body?.count ?? 0)\r\n\r\n"
      let request = Data(head.utf8) + (body ?? Data())
      var sent = request.startIndex
      while sent < request.endIndex { sent = try socket.write(request, from: sent) }
      while let bytes = try more(socket) { answer += bytes }
    } catch let error as Failure { throw error } catch {
      throw Failure(message: "Docker does not answer at \(path): \(error)")
    }
    guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)) else {
      throw Failure(message: "Docker's answer to \(method) \(target) was cut off")
    }
    return (String(decoding: answer[..<end.lowerBound], as: UTF8.self), Data(answer[end.upperBound...]))
  }

  private static func more(_ socket: Socket) throws -> [UInt8]? {
    do { return try socket.read(atMost: 65_536) } catch SocketError.disconnected { return nil }
  }
}

/// What a container without a terminal said: frames of one stream, as `logs` gives them.
func dockerLogText(_ frames: Data) -> Data {
  var (text, rest) = (Data(), frames[...])
  // A byte for the stream, three of nothing, four for the length.
  while rest.count >= 8 {
    let length = rest.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    text += rest.dropFirst(8).prefix(length)
    rest = rest.dropFirst(8 + length)
  }
  return text
}
