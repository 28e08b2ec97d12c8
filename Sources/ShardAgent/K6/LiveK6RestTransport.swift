import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1

extension K6RestAPI {
  /// Talks to the k6 on this machine's loopback.
  static func live(address: String) -> K6RestAPI {
    K6RestAPI { request in
      // The client would try again until the request's time is up.
      guard isListening(address) else { throw Closed() }
      var call = HTTPClientRequest(url: "http://\(address)\(request.path)")
      call.method = HTTPMethod(rawValue: request.method)
      if let body = request.body { call.body = .bytes(ByteBuffer(string: body)) }
      let response = try await client.execute(call, timeout: TimeAmount(request.timeout))
      let reply = try await response.body.collect(upTo: request.replyLimit)
      return (Int(response.status.code), [UInt8](reply.readableBytesView))
    }
  }

  /// A connection to loopback is made, or refused, at once.
  private static func isListening(_ address: String) -> Bool {
    let parts = address.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1]) else { return false }
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { return true }
    defer { close(socket) }
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    inet_pton(AF_INET, String(parts[0]), &target.sin_addr)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
    }
    return status == 0 || errno != ECONNREFUSED
  }

  /// The shared client gives an answer 90 s; a setup() may take longer, and every request says how long.
  private static let client = HTTPClient(
    eventLoopGroupProvider: .singleton,
    configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
}
