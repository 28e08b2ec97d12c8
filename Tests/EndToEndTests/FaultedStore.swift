import Foundation
import Shared
import TestSupport

@testable import FaultProxy

/// A bucket of moto's behind the fault proxy.
final class FaultedStore: Sendable {
  let moto: Moto
  let proxy: ProxyServer
  private let running: Task<Void, any Error>

  init(bucket: String) async throws {
    moto = try await Moto()
    try await moto.makeBucket(bucket)
    let proxy = try await ProxyServer(upstream: moto.endpoint)
    self.proxy = proxy
    running = Task { try await proxy.run() }
  }

  /// Requests through the proxy have their signatures checked like any others.
  var environment: [String: String] { moto.environment.merging(["AWS_ENDPOINT_URL": proxy.address]) { $1 } }

  func setRules(_ json: String) async throws {
    await proxy.replaceRules(try FaultRules(json: Data(json.utf8)))
  }

  deinit { running.cancel() }
}

extension AWSPatience {
  /// For a server on this machine that fails on purpose.
  static let short = {
    var patience = AWSPatience()
    (patience.attemptSeconds, patience.delayUnit) = (0.5, 0.02)
    return patience
  }()
}
