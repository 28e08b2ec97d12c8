import ArgumentParser
import FlyingFox
import FlyingSocks
import Foundation

/// A small service to load: known latencies, a known share of errors, and its own count of requests.
@main
struct StagingAPI: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "staging-api",
    abstract: "A small service to load in rehearsals and tests.",
    discussion: """
      GET /products 5 ms, GET /products/ID 10 ms, POST /cart 20 ms, GET /checkout 40 ms and every 50th of them is a \
      503, POST /login and POST /logout 1 ms. GET /_counts says how many requests of each there were, itself left out, \
      and GET /_tokens how many came with which X-Api-Token.
      """)

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"
  @Option(help: "The port to listen on; 0 takes a free one.")
  var port: UInt16 = 0
  @Option(help: "A file to which the address is written as soon as it listens.")
  var addressFile: String?

  mutating func run() async throws {
    let (counts, tokens) = (RequestCounts(), RequestCounts())
    let server = HTTPServer(address: try .inet(ip4: host, port: port), logger: .disabled)
    await server.appendRoute("GET /_counts") { _ in
      HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: await counts.json)
    }
    await server.appendRoute("GET /_tokens") { _ in
      HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: await tokens.json)
    }
    for endpoint in Endpoint.all {
      await server.appendRoute(HTTPRoute(endpoint.route)) { request in
        if let token = request.headers[HTTPHeader("X-Api-Token")] { _ = await tokens.count(token) }
        let number = await counts.count(endpoint.name)
        try await Task.sleep(for: endpoint.latency)
        let fails = endpoint.failsEvery.map { number.isMultiple(of: $0) } ?? false
        return HTTPResponse(statusCode: fails ? .serviceUnavailable : .ok, body: endpoint.body(number))
      }
    }
    let running = Task { try await server.run() }
    try await server.waitUntilListening()
    guard case .ip4(_, let port)? = await server.listeningAddress else { throw ExitCode(1) }
    let address = "http://\(host):\(port)"
    print("the staging API listens on \(address)")
    fflush(nil)
    if let addressFile {
      try Data(address.utf8).write(to: URL(fileURLWithPath: addressFile), options: .atomic)
    }
    try await running.value
  }
}

private struct Endpoint: Sendable {
  let name: String
  let route: String
  let latency: Duration
  var failsEvery: Int?

  /// A login has a user of its own.
  func body(_ number: Int) -> Data {
    Data((name == "login" ? #"{"ok":true,"user":"user-\#(number)"}"# : #"{"ok":true}"#).utf8)
  }

  static let all = [
    Endpoint(name: "products", route: "GET /products", latency: .milliseconds(5)),
    Endpoint(name: "product", route: "GET /products/:id", latency: .milliseconds(10)),
    Endpoint(name: "cart", route: "POST /cart", latency: .milliseconds(20)),
    Endpoint(name: "login", route: "POST /login", latency: .milliseconds(1)),
    Endpoint(name: "logout", route: "POST /logout", latency: .milliseconds(1)),
    Endpoint(name: "checkout", route: "GET /checkout", latency: .milliseconds(40), failsEvery: 50),
  ]
}

private actor RequestCounts {
  private var counts: [String: Int] = [:]

  /// - Returns: the number of this request, from 1.
  func count(_ name: String) -> Int {
    counts[name, default: 0] += 1
    return counts[name, default: 0]
  }

  var json: Data {
    let all = counts.merging(["total": counts.values.reduce(0, +)]) { $1 }
    return (try? JSONSerialization.data(withJSONObject: all, options: .sortedKeys)) ?? Data()
  }
}
