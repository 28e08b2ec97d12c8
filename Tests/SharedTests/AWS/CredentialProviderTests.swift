import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite struct CredentialProviderTests {
  /// Hands out credentials named by their number, each with the same length of life.
  private final class Issuer: Sendable {
    let clock = TestClock(0)
    let life: Double
    let state = Mutex<(count: Int, isBroken: Bool)>((0, false))

    init(life: Double) { self.life = life }

    var count: Int { state.withLock(\.count) }

    func issue() throws -> AWSCredentials {
      let (number, isBroken) = state.withLock { state in
        state.count += 1
        return (state.count, state.isBroken)
      }
      if isBroken { throw CredentialError("broken") }
      return AWSCredentials(
        accessKeyID: "\(number)", secretAccessKey: "s", expiresAt: clock.now.advanced(bySeconds: life))
    }

    func provider() -> CredentialProvider {
      CredentialProvider(now: { self.clock.now }, fetch: { try self.issue() })
    }
  }

  @Test(arguments: [(3600.0, 900.0, 30.0), (43_200, 900, 30), (20, 5, 1), (900, 225, 30)])
  func `when credentials are renewed follows from their life`(
    life: Double, renewal: Double, margin: Double
  ) {
    let zero = UTCInstant(nanoseconds: 0)
    let held = Held(
      AWSCredentials(accessKeyID: "", secretAccessKey: "", expiresAt: zero.advanced(bySeconds: life)),
      fetchedAt: zero)
    #expect(abs(held.renewAt.seconds(since: zero) - (life - renewal)) < 1e-6)
    #expect(abs(held.uselessAt.seconds(since: zero) - (life - margin)) < 1e-6)
  }

  @Test func `credentials are kept until a quarter hour before their end`() async throws {
    let issuer = Issuer(life: 3600)
    let provider = issuer.provider()
    var names: [String] = []
    for seconds in [0.0, 2000, 699, 2, 3000] {
      issuer.clock.advance(seconds)
      names.append(try await provider.credentials().accessKeyID)
    }
    #expect(names == ["1", "1", "1", "2", "3"])
  }

  @Test func `a renewal may fail until the end is near, and is not tried again at every call`() async throws {
    let issuer = Issuer(life: 3600)
    let provider = issuer.provider()
    _ = try await provider.credentials()
    issuer.state.withLock { $0.isBroken = true }
    issuer.clock.advance(2750)
    for _ in 0..<3 { #expect(try await provider.credentials().accessKeyID == "1") }
    #expect(issuer.count == 2)
    issuer.clock.advance(31)
    #expect(try await provider.credentials().accessKeyID == "1")
    #expect(issuer.count == 3)
    issuer.clock.advance(780)  // 39 s before their end
    #expect(try await provider.credentials().accessKeyID == "1")
    issuer.clock.advance(10)
    await #expect(throws: CredentialError.self) { try await provider.credentials() }
    issuer.state.withLock { $0.isBroken = false }
    #expect(try await provider.credentials().accessKeyID == "6")
  }

  @Test func `those that are over already by a wrong clock are used`() async throws {
    let issuer = Issuer(life: -10)
    let provider = issuer.provider()
    for _ in 0..<3 { #expect(try await provider.credentials().accessKeyID == "1") }
  }

  @Test func `many who wait get one fetch, and one who leaves takes nothing from the others`() async throws {
    let gate = AsyncStream<Void>.makeStream()
    let begun = AsyncStream<Void>.makeStream()
    let count = Mutex(0)
    let fetch: @Sendable () async -> AWSCredentials = {
      count.withLock { $0 += 1 }
      begun.continuation.yield()
      for await _ in gate.stream { break }
      return AWSCredentials(accessKeyID: "one", secretAccessKey: "s")
    }
    let provider = CredentialProvider(now: { UTCInstant(nanoseconds: 0) }, fetch: fetch)
    let first = Task { try await provider.credentials() }
    for await _ in begun.stream { break }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    let others = (0..<10).map { _ in Task { try await provider.credentials().accessKeyID } }
    gate.continuation.yield()
    for other in others { #expect(try await other.value == "one") }
    #expect(count.withLock { $0 } == 1)
  }

  @Test func `expired credentials are renewed once for all who were refused, and the call is sent again`()
    async throws
  {
    let issuer = Issuer(life: 3600)
    let provider = issuer.provider()
    let old = try await provider.credentials()
    #expect(try await provider.renew(old))
    #expect(try await provider.renew(old), "somebody has done it")
    #expect(issuer.count == 2)

    let transport = ScriptedTransport([.xml(400, "ExpiredToken"), .ok("x", [("etag", "\"1\"")])])
    let exchange = AWSExchange(
      transport: transport, host: issuer.clock.host(), patience: AWSPatience(),
      region: try AWSRegion(AWSSamples.environment))
    let call = AWSCall(
      service: .s3, operation: "GetObject", subject: "s3://b/k",
      request: HTTPRequest(method: "GET", scheme: "https", host: "h", path: "/k"))
    _ = try await exchange.send(call, credentials: provider)
    let keys = transport.requests.map { header("authorization", $0)?.contains("Credential=3/") }
    #expect(keys == [false, true])
  }

  @Test func `the keys of an environment cannot be renewed, and the error says what to do`() async throws {
    let transport = ScriptedTransport([.xml(400, "ExpiredToken")])
    let error = await #expect(throws: AWSError.self) { try await AWSSamples.store(transport).get("a") }
    #expect(error?.code == "ExpiredToken" && transport.requests.count == 1)
    #expect(error?.description.contains("AWS_ROLE_ARN") == true)
  }
}
