import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension K6RestAPI {
  /// Talks to the k6 on this machine's loopback.
  static func live(address: String) -> K6RestAPI {
    K6RestAPI { request in
      var call = HTTPClientRequest(url: "http://\(address)\(request.path)")
      call.method = HTTPMethod(rawValue: request.method)
      if let body = request.body { call.body = .bytes(ByteBuffer(string: body)) }
      let response = try await client.execute(call, timeout: TimeAmount(request.timeout))
      let reply = try await response.body.collect(upTo: request.replyLimit)
      return (Int(response.status.code), [UInt8](reply.readableBytesView))
    }
  }

  /// The shared client gives an answer 90 s; a setup() may take longer, and every request says how long.
  private static let client = HTTPClient(
    eventLoopGroupProvider: .singleton,
    configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
}
