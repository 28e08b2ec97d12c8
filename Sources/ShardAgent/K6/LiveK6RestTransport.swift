import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension K6RestAPI {
  /// Talks to the k6 on this machine's loopback.
  static func live(address: String) -> K6RestAPI {
    K6RestAPI { method, path, body in
      var request = HTTPClientRequest(url: "http://\(address)\(path)")
      request.method = HTTPMethod(rawValue: method)
      if let body { request.body = .bytes(ByteBuffer(string: body)) }
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
      let reply = try await response.body.collect(upTo: 1 << 20)
      return (Int(response.status.code), [UInt8](reply.readableBytesView))
    }
  }
}
