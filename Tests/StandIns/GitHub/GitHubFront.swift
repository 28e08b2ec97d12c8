import FlyingFox
import FlyingSocks
import Foundation
import StandInSupport

/// The front of the stand-in: GitHub's API, at the address itself and under `/api/v3` as on a GitHub Enterprise Server,
/// and the stand-in's own door.
struct GitHubFront: Sendable {
  let state: GitHubState
  let port: UInt16

  /// - Parameter listening: is told the address.
  func run(_ listening: @Sendable (String) async throws -> Void) async throws {
    let server = HTTPServer(
      // The longest that an answer may be held back.
      address: try .inet(ip4: "127.0.0.1", port: port), timeout: 3600, logger: .disabled)
    await server.appendRoute("*") { try await respond($0) }
    let running = Task { try await server.run() }
    try await withTaskCancellationHandler {
      // In the process of hundreds of tests that takes its time.
      try await server.waitUntilListening(timeout: 60)
      guard case .ip4(_, let port)? = await server.listeningAddress else { throw SocketError.disconnected }
      try await listening("http://127.0.0.1:\(port)")
      try await running.value
    } onCancel: {
      running.cancel()
    }
  }

  private func respond(_ received: HTTPRequest) async throws -> HTTPResponse {
    var headers: [String: String] = [:]
    for (name, value) in received.headers { headers[name.rawValue.lowercased()] = value }
    let request = Request(
      method: received.method.rawValue, path: received.target.path(), query: received.target.query(),
      headers: headers, body: try await received.bodyData)
    if request.path.hasPrefix(GitHubState.door) { return response(await state.control(request)) }
    let answer = await state.answer(request)
    switch answer.delivery {
    case .now: break
    case .late(let time): try? await Task.sleep(for: time)
    case .never: return .closingTheConnection
    }
    return response(answer)
  }

  private func response(_ answer: Answer) -> HTTPResponse {
    var response = HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: answer.status < 300 ? "OK" : "Refused"),
      body: answer.text)
    for (name, value) in answer.headers { response.headers.addValue(value, for: HTTPHeader(name)) }
    return response
  }
}
