import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite struct LiveHTTPTransportTests {
  private func request(_ server: RawServer, _ path: String = "/", _ query: String = "") -> HTTPRequest {
    HTTPRequest(
      method: "GET", scheme: "http", host: server.host, path: path, query: query, timeout: .seconds(20))
  }
  private let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

  @Test(
    arguments: [
      ("/a%2Fb%2Bc+d~e", ""), ("//a//b/", ""), ("/a/../b/./c", ""), ("/%C3%A9%20%25%3F%23", ""),
      ("/", "prefix=a%2Fb&x=%2B&y=&z"), ("/k", "a=b+c&d=~e%7E&f=%20"), ("/k", "versions"),
      ("/a;b=c:d@e,f", "x=a/b?c"),
    ])
  func `path and query go over the wire as they are given`(path: String, query: String) async throws {
    let server = try RawServer([.bytes(empty)])
    _ = try await LiveHTTPTransport().send(request(server, path, query))
    let line = server.requests.first?.components(separatedBy: "\r\n").first
    #expect(line == "GET \(path)\(query.isEmpty ? "" : "?\(query)") HTTP/1.1")
  }

  @Test func `host and headers are those that were given, and a body has its length`() async throws {
    let server = try RawServer([.bytes(empty)])
    var put = request(server)
    (put.method, put.body) = ("PUT", Array("12345".utf8))
    put.headers = [("host", server.host), ("if-match", "\"abc\""), ("x-amz-meta-a", "1")]
    _ = try await LiveHTTPTransport().send(put)
    put.body = []
    _ = try await LiveHTTPTransport().send(put)
    let (full, none) = (server.requests[0].lowercased(), server.requests[1].lowercased())
    #expect(full.components(separatedBy: "host: ").count == 2)
    #expect(full.contains("content-length: 5\r\n") && full.hasSuffix("\r\n\r\n12345"))
    #expect(!full.contains("transfer-encoding"), "S3 answers it with 501")
    #expect(full.contains("if-match: \"abc\"\r\n"))
    #expect(none.contains("content-length: 0\r\n"))
  }

  @Test func `redirects are answers`() async throws {
    let server = try RawServer([
      .bytes("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    ])
    let response = try await LiveHTTPTransport().send(request(server))
    #expect(response.status == 301)
    #expect(response.header("LOCATION") == "http://127.0.0.1:1/")
  }

  @Test(arguments: [
    "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
  ])
  func `an answer that is cut is no answer`(bytes: String) async throws {
    let server = try RawServer([.cut(bytes)])
    let failure = await #expect(throws: HTTPFailure.self) {
      try await LiveHTTPTransport().send(request(server))
    }
    #expect(failure?.mayHaveBeenSent == true)
  }

  @Test func `an answer that takes too long is no answer`() async throws {
    for reply in [RawServer.Reply.silence, .bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")] {
      let server = try RawServer([reply])
      var slow = request(server)
      slow.timeout = .milliseconds(300)
      let failure = await #expect(throws: HTTPFailure.self) { try await LiveHTTPTransport().send(slow) }
      #expect(failure?.description == "no whole answer within 0.3 s")
      #expect(failure?.mayHaveBeenSent == true)
    }
  }

  @Test func `a connection that is refused was never a request`() async throws {
    let host = try RawServer([.silence]).host
    let begun = ContinuousClock.now
    let failure = await #expect(throws: HTTPFailure.self) {
      try await LiveHTTPTransport().send(
        HTTPRequest(method: "GET", scheme: "http", host: host, timeout: .seconds(300)))
    }
    #expect(failure?.mayHaveBeenSent == false)
    #expect(
      failure?.description.contains("no connection to \(host)") == true, "\(String(describing: failure))")
    #expect(ContinuousClock.now - begun < .seconds(250), "not at the timeout")
  }

  @Test func `a name that does not exist was never a request`() async throws {
    let failure = await #expect(throws: HTTPFailure.self) {
      try await LiveHTTPTransport().send(
        HTTPRequest(method: "GET", scheme: "http", host: "no-such-host.invalid", timeout: .seconds(60)))
    }
    #expect(failure?.mayHaveBeenSent == false, "\(String(describing: failure))")
  }

  @Test func `an answer that is too long is refused for good`() async throws {
    let server = try RawServer([.bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234567890")])
    var small = request(server)
    small.replyLimit = 9
    let failure = await #expect(throws: HTTPFailure.self) { try await LiveHTTPTransport().send(small) }
    #expect(failure?.isFinal == true)
    small.replyLimit = 10
    #expect(try await LiveHTTPTransport().send(small).body.count == 10)
  }

  @Test func `a connection that was dropped between two requests costs a retry, not the call`() async throws {
    // Keeps the connection alive for one answer, and closes it on the next request.
    let server = try RawServer([.bytes(empty), .cut(""), .bytes(empty)])
    let client = try AWSClient.live(
      AWSSamples.environment.merging(["AWS_ENDPOINT_URL": "http://\(server.host)"]) { $1 },
      patience: {
        var patience = AWSPatience()
        patience.delayUnit = 0.01
        return patience
      }())
    let store = S3ObjectStore(client: client, bucket: "grid-runs", prefix: "", settings: try S3Settings([:]))
    _ = try await store.put([1], at: "a", if: .always)
    _ = try await store.put([1], at: "a", if: .always)
    #expect(server.requests.count == 3)
  }

  @Test func `cancellation ends an exchange at once`() async throws {
    let server = try RawServer([.silence])
    let request = request(server)
    let task = Task { try await LiveHTTPTransport().send(request) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
