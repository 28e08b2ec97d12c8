import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// The network. One pool of connections for the process; its threads keep no process from its end.
package struct LiveHTTPTransport: HTTPTransport {
  package init() {}

  package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
      group.addTask { try await exchange(request) }
      group.addTask {
        try await Task.sleep(for: request.timeout)
        throw HTTPFailure("no whole answer within \(seconds(request.timeout)) s")
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }

  private func exchange(_ request: HTTPRequest) async throws -> HTTPResponse {
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    // The URL's text is passed on as it is: percent escapes, double slashes and dot segments included.
    var call = HTTPClientRequest(url: "\(request.scheme)://\(request.host)\(request.path)\(query)")
    call.method = HTTPMethod(rawValue: request.method)
    for header in request.headers { call.headers.add(name: header.name, value: header.value) }
    if !request.body.isEmpty { call.body = .bytes(ByteBuffer(bytes: request.body)) }
    do {
      let response = try await Self.client.execute(call, timeout: TimeAmount(request.timeout))
      let body = try await response.body.collect(upTo: request.replyLimit)
      // A body that was being read when the task was cancelled ends early, as if it were whole.
      try Task.checkCancellation()
      return HTTPResponse(
        status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
        body: [UInt8](body.readableBytesView))
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw failure(error, request)
    }
  }

  private func failure(_ error: any Error, _ request: HTTPRequest) -> HTTPFailure {
    if let error = error as? NIOConnectionError {
      let cause = error.connectionErrors.first.map { "\($0.error)" }
      return HTTPFailure(
        "no connection to \(request.host) (\(cause ?? "its address was not found"))", mayHaveBeenSent: false)
    }
    if let error = error as? IOError, [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode) {
      return HTTPFailure("no connection to \(request.host) (\(error))", mayHaveBeenSent: false)
    }
    if error is NIOTooManyBytesError {
      return HTTPFailure("the answer has more than \(request.replyLimit) bytes", isFinal: true)
    }
    switch error as? HTTPClientError {
    case .connectTimeout?:
      return HTTPFailure("no connection to \(request.host) within 3 s", mayHaveBeenSent: false)
    case .deadlineExceeded?, .getConnectionFromPoolTimeout?:
      return HTTPFailure("no whole answer within \(seconds(request.timeout)) s")
    case .remoteConnectionClosed?:
      return HTTPFailure("\(request.host) closed the connection before its answer was whole")
    default: return HTTPFailure("the exchange with \(request.host) failed (\(error))")
    }
  }

  private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds / 1_000_000_000_000_000)
      / 1000
  }

  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow, timeout: HTTPClient.Configuration.Timeout(connect: .seconds(3)))
    configuration.httpVersion = .http1Only
    // Shorter than servers keep an idle connection, so that few requests meet one that is being closed.
    configuration.connectionPool.idleTimeout = .seconds(4)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
    // The caller tries again, by its own table.
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()
}
