package import FlyingFox
import FlyingSocks

extension HTTPResponse {
  /// Not one byte is sent: what is done for a WebSocket comes before the head of an answer, and fails here.
  package static var closingTheConnection: HTTPResponse { HTTPResponse(webSocket: NoSocket()) }
}

private struct NoSocket: WSHandler {
  func makeFrames(for client: AsyncThrowingStream<WSFrame, any Error>) async throws -> AsyncStream<WSFrame> {
    throw SocketError.disconnected
  }
}
