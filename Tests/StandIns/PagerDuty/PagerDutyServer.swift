import FlyingFox
import FlyingSocks
import Foundation
import StandInSupport
import TestSupport

/// The stand-in on a port of its own, in this process, until it is let go.
final class PagerDutyServer: Sendable {
  /// As `http://127.0.0.1:5000`.
  let address: String
  let state: PagerDutyState
  private let running: Task<Void, any Error>

  /// - Parameter keys: 32 letters and digits each.
  init(keys: Set<String>, port: UInt16 = 0) async throws {
    let state = PagerDutyState(keys: keys)
    let server = HTTPServer(
      // The longest that an answer may be held back.
      address: try .inet(ip4: "127.0.0.1", port: port), timeout: 3600, logger: .disabled)
    await Self.addRoutes(server, state)
    let running = Task { try await server.run() }
    try await server.waitUntilListening(timeout: 60)
    guard case .ip4(_, let port)? = await server.listeningAddress else {
      running.cancel()
      throw SocketError.disconnected
    }
    (address, self.state, self.running) = ("http://127.0.0.1:\(port)", state, running)
  }

  func wait() async throws { try await running.value }

  deinit { running.cancel() }

  private static func addRoutes(_ server: HTTPServer, _ state: PagerDutyState) async {
    await server.appendRoute("POST /v2/enqueue") { request in
      let body = try await request.bodyData
      switch await state.enqueue(body, contentType: request.headers[.contentType]) {
      case .now(let answer): return response(answer)
      case .never: return .closingTheConnection
      case .hanging:
        try? await Task.sleep(for: .seconds(3600))
        return .closingTheConnection
      }
    }
    await server.appendRoute("GET /_events") { _ in
      response(EnqueueAnswer(status: 200, body: .array(await state.events.map(\.json))))
    }
    await server.appendRoute("GET /_incidents") { _ in
      response(EnqueueAnswer(status: 200, body: .array(await state.incidents.map(\.json))))
    }
    await server.appendRoute("POST /_faults") { request in
      do {
        await state.setFaults(try PagerDutyFault.list(try JSON(try await request.bodyData)))
        return response(EnqueueAnswer(status: 200, body: ["taken": true]))
      } catch {
        return response(EnqueueAnswer(status: 400, body: ["message": .string("\(error)")]))
      }
    }
  }

  private static func response(_ answer: EnqueueAnswer) -> HTTPResponse {
    var headers: [HTTPHeader: String] = [.contentType: "application/json"]
    if let seconds = answer.retryAfter { headers[HTTPHeader("Retry-After")] = "\(seconds)" }
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: answer.status < 300 ? "OK" : "Refused"),
      headers: HTTPHeaders(headers), body: answer.body.text)
  }
}
