/// One exchange over HTTP: the seam behind which the network is.
package protocol HTTPTransport: Sendable {
  /// Follows no redirect: a signed request must not go elsewhere.
  /// - Throws: ``HTTPFailure`` when there was no whole answer, `CancellationError` when the task was cancelled.
  func send(_ request: HTTPRequest) async throws -> HTTPResponse
}

package struct HTTPRequest: Sendable {
  package var method: String
  /// `http` or `https`.
  package var scheme: String
  /// With the port where it is not the scheme's own: `127.0.0.1:5000`.
  package var host: String
  /// As it goes over the wire, percent-encoded; begins with `/`.
  package var path: String
  /// As it goes over the wire, percent-encoded, without `?`; empty when there is none.
  package var query: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// For the whole exchange.
  package var timeout: Duration
  /// An answer with more bytes than this is refused.
  package var replyLimit: Int

  package init(
    method: String, scheme: String, host: String, path: String = "/", query: String = "",
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], timeout: Duration = .seconds(30),
    replyLimit: Int = 64 << 20
  ) {
    (self.method, self.scheme, self.host, self.path, self.query) = (method, scheme, host, path, query)
    (self.headers, self.body, self.timeout, self.replyLimit) = (headers, body, timeout, replyLimit)
  }
}

package struct HTTPResponse: Sendable {
  package let status: Int
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    (self.status, self.headers, self.body) = (status, headers, body)
  }

  /// The first of that name, in whatever case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// There was no whole answer.
package struct HTTPFailure: Error, CustomStringConvertible {
  /// One sentence.
  package let description: String
  /// Whether the request may have been carried out: `false` when no connection was made.
  package let mayHaveBeenSent: Bool
  /// The same would happen again.
  package let isFinal: Bool

  package init(_ description: String, mayHaveBeenSent: Bool = true, isFinal: Bool = false) {
    (self.description, self.mayHaveBeenSent, self.isFinal) = (description, mayHaveBeenSent, isFinal)
  }
}
