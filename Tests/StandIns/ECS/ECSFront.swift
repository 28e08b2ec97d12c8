import FlyingFox
import FlyingSocks
import Foundation
import StandInSupport
import TestSupport

/// The front of the stand-in: ECS at `POST /`, the endpoints inside tasks, and its own under `/_`.
struct ECSFront: Sendable {
  let state: ECSState
  let host: String
  let port: UInt16
  /// What tasks and callers reach it at; `nil`: loopback.
  let reachedAt: String?

  /// - Parameter listening: is told the address.
  func run(_ listening: @Sendable (String) async throws -> Void) async throws {
    let server = HTTPServer(
      // The longest that an answer may be held back.
      address: try .inet(ip4: host, port: port), timeout: 3600, logger: .disabled)
    await addRoutes(server)
    let running = Task { try await server.run() }
    try await server.waitUntilListening()
    guard case .ip4(_, let port)? = await server.listeningAddress else { throw SocketError.disconnected }
    let address = reachedAt ?? "http://127.0.0.1:\(port)"
    await state.listens(at: address)
    try await listening(address)
    try await running.value
  }

  private func addRoutes(_ server: HTTPServer) async {
    await server.appendRoute("GET /_state") { _ in json(200, await state.json) }
    await server.appendRoute("GET /_record") { _ in json(200, .array(await state.record)) }
    await server.appendRoute("POST /_faults") { request in
      do {
        try await state.addFaults(try JSON(try await request.bodyData))
        return json(200, ["taken": true])
      } catch {
        return json(400, ["message": .string((error as? FaultError)?.message ?? "the faults are no JSON")])
      }
    }
    await server.appendRoute("GET /credentials/:id") { (request: HTTPRequest, id: String) in
      await insideTask("Credentials", await state.tasks[id]) {
        await state.credentials(taskID: id, token: request.headers[.authorization])
      }
    }
    await server.appendRoute("GET /v4/:id") { (_: HTTPRequest, id: String) in
      await metadata(id) { $0.container }
    }
    await server.appendRoute("GET /v4/:id/task") { (_: HTTPRequest, id: String) in
      await metadata(id) { $0.document }
    }
    await server.appendRoute("*") { request in
      await respond(try await signed(request))
    }
  }

  private func metadata(_ id: String, _ part: @Sendable (TaskMetadata) -> JSON) async
    -> HTTPResponse
  {
    let task = await state.task(endpointID: id)
    return await insideTask("Metadata", task) {
      guard let task else { return Answer(status: 404, body: "no task has this endpoint") }
      return Answer(status: 200, body: part(await state.metadata(task)))
    }
  }

  private func insideTask(_ endpoint: String, _ task: ECSTask?, _ answer: () async -> Answer) async
    -> HTTPResponse
  {
    guard let fault = await state.endpointFault(endpoint, task) else {
      let answer = await answer()
      return json(answer.status, answer.body)
    }
    switch fault.kind {
    case .throttle: return json(429, ["message": "too many requests"])
    case .serverError: return json(500, ["message": "internal server error"])
    case .error:
      return json(fault.number("status").map { Int($0) } ?? 400, ["code": .string(fault.text("code") ?? "")])
    case .cut: return .closingTheConnection
    default:
      try? await Task.sleep(for: .milliseconds(fault.milliseconds))
      let answer = await answer()
      return json(answer.status, answer.body)
    }
  }

  private func signed(_ request: HTTPRequest) async throws -> SigV4.Request {
    var headers: [String: String] = [:]
    for (name, value) in request.headers { headers[name.rawValue.lowercased()] = value }
    return SigV4.Request(
      method: request.method.rawValue, path: request.target.path(), query: request.target.query(),
      headers: headers,
      body: try await request.bodyData)
  }

  private func respond(_ request: SigV4.Request) async -> HTTPResponse {
    guard request.method == "POST", request.path == "/" else {
      return json(404, ["message": .string("there is nothing at \(request.method) \(request.path)")])
    }
    let requestID = UUID().uuidString.lowercased()
    let answer = await state.answer(request, requestID: requestID)
    switch answer.delivery {
    case .now: break
    case .late(let time): try? await Task.sleep(for: time)
    case .never: return .closingTheConnection
    }
    var response = json(answer.status, answer.body, type: "application/x-amz-json-1.1")
    response.headers[HTTPHeader("x-amzn-requestid")] = requestID
    return response
  }
}

private func json(_ status: Int, _ body: JSON, type: String = "application/json") -> HTTPResponse {
  HTTPResponse(
    statusCode: HTTPStatusCode(status, phrase: status == 200 ? "OK" : "Refused"),
    headers: [.contentType: type],
    body: body.text)
}
