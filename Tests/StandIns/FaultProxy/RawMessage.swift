import FlyingSocks
import Foundation

/// A request or an answer of HTTP/1.1 as the bytes that came.
struct RawMessage: Sendable {
  let head: [UInt8]
  let body: [UInt8]

  var bytes: [UInt8] { head + body }

  private var lines: [String] { String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n") }

  /// `PUT /bucket/key?x HTTP/1.1`, or `HTTP/1.1 200 OK`, in its words.
  var firstLine: [String] { (lines.first ?? "").components(separatedBy: " ") }

  /// Reads up to the length that the head says; without one a request has no body, and an answer goes to the end of the
  /// connection.
  /// - Returns: `nil` at the end of the connection before the first byte.
  static func read(from socket: AsyncSocket, isAnswer: Bool, hasBody: Bool = true) async throws -> RawMessage?
  {
    var bytes: [UInt8] = []
    var end: Int?
    while end == nil {
      guard let more = await readSome(socket) else {
        if bytes.isEmpty { return nil }
        throw SocketError.disconnected
      }
      let start = max(0, bytes.count - 3)
      bytes += more
      end = bytes[start...].firstRange(of: [13, 10, 13, 10])?.upperBound
    }
    let head = Array(bytes[..<(end ?? 0)])
    var body = Array(bytes[(end ?? 0)...])
    let length = contentLength(head)
    if hasBody {
      while length.map({ body.count < $0 }) ?? isAnswer {
        guard let more = await readSome(socket) else {
          if length == nil { break }
          throw SocketError.disconnected
        }
        body += more
      }
    }
    return RawMessage(head: head, body: body)
  }

  private static func contentLength(_ head: [UInt8]) -> Int? {
    for line in String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "content-length" {
        return Int(parts[1].trimmingCharacters(in: .whitespaces))
      }
    }
    return nil
  }

  /// - Returns: `nil` when the other side is gone.
  private static func readSome(_ socket: AsyncSocket) async -> [UInt8]? {
    guard let bytes = try? await socket.read(atMost: 1 << 16), !bytes.isEmpty else { return nil }
    return bytes
  }

  /// Waits until the other side is gone.
  static func awaitEnd(_ socket: AsyncSocket) async { while await readSome(socket) != nil {} }

  static func answer(_ status: String, type: String = "application/xml", _ body: some Sequence<UInt8>)
    -> RawMessage
  {
    let body = Array(body)
    let head =
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\nx-amz-request-id: fault-proxy\r\nConnection: close\r\n\r\n"
    return RawMessage(head: Array(head.utf8), body: body)
  }

  static func error(_ status: String, _ code: String) -> RawMessage {
    answer(
      status,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>as a rule of the fault proxy's says</Message></Error>"
        .utf8)
  }
}
