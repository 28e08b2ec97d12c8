import FlyingSocks
import Foundation

/// Accepts connections and treats one request after the other of each, until either side closes.
final class ProxyServer: Sendable {
  /// As `http://127.0.0.1:5000`.
  let address: String
  private let upstream: any SocketAddress
  private let socket: AsyncSocket
  private let pool: SocketPool<ePoll>
  private let faults = Faults()

  init(upstream: String, host: String = "127.0.0.1", port: UInt16 = 0) async throws {
    guard let url = URL(string: upstream), url.scheme == "http", let name = url.host else {
      throw FaultRulesError("the upstream '\(upstream)' is not understood: expected http://host:port")
    }
    self.upstream = try sockaddr_in.inet(ip4: Self.resolved(name), port: UInt16(url.port ?? 80))
    let listening = try Socket(domain: Int32(sockaddr_in.family))
    try listening.setValue(true, for: .localAddressReuse)
    try listening.bind(to: sockaddr_in.inet(ip4: host, port: port))
    try listening.listen()
    guard case .ip4(_, let port) = try listening.sockname() else { throw SocketError.unsupportedAddress }
    address = "http://\(host):\(port)"
    pool = .ePoll(maxEvents: 64)
    try await pool.prepare()
    socket = try AsyncSocket(socket: listening, pool: pool)
  }

  /// A name of a compose network has one address.
  private static func resolved(_ name: String) -> String {
    guard let entry = gethostbyname(name), let first = entry.pointee.h_addr_list[0] else { return name }
    return first.withMemoryRebound(to: in_addr.self, capacity: 1) { String(cString: inet_ntoa($0.pointee)) }
  }

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [pool] in try await pool.run() }
      group.addTask { [self] in
        try await withThrowingDiscardingTaskGroup { connections in
          for try await connection in socket.sockets {
            connections.addTask { [self] in await serve(connection) }
          }
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }

  func replaceRules(_ rules: FaultRules) async { await faults.replace(rules) }
  func counts() async -> FaultDecisions { await faults.decisions }

  private func serve(_ connection: AsyncSocket) async {
    defer { try? connection.close() }
    do {
      while let request = try await RawMessage.read(from: connection, isAnswer: false) {
        guard try await treat(request, connection) else { return }
      }
    } catch {
      // A side that left in the middle: nothing is owed to it.
    }
  }

  /// - Returns: whether the connection goes on.
  private func treat(_ request: RawMessage, _ connection: AsyncSocket) async throws -> Bool {
    guard request.firstLine.count == 3 else { return false }
    let (method, target) = (request.firstLine[0], request.firstLine[1])
    let path = String(target.prefix { $0 != "?" })
    if path == "/_faults" {
      try await connection.write(Data(await control(method, request).bytes))
      return false
    }
    let rule = await faults.decide(method: method, path: path)
    switch rule?.fault {
    case .slowDown?: try await connection.write(Data(RawMessage.error("503 Slow Down", "SlowDown").bytes))
    case .conflict?:
      try await connection.write(
        Data(RawMessage.error("409 Conflict", "ConditionalRequestConflict").bytes))
    case .refuse?: break
    case .failedAfter?:
      _ = try await forwarded(request, method)
      try await connection.write(
        Data(RawMessage.error("500 Internal Server Error", "InternalError").bytes))
    case .silence?:
      _ = try await forwarded(request, method)
      await RawMessage.awaitEnd(connection)
    case .cut?:
      let bytes = try await forwarded(request, method).bytes
      try await connection.write(Data(bytes.prefix(bytes.count / 2)))
    case .slow?:
      let answer = try await forwarded(request, method)
      try await Task.sleep(for: .seconds(rule?.seconds ?? 0))
      try await connection.write(Data(answer.bytes))
    case nil: try await connection.write(Data(await forwarded(request, method).bytes))
    }
    return rule == nil || rule?.fault == .slow
  }

  /// Over a connection of its own.
  private func forwarded(_ request: RawMessage, _ method: String) async throws -> RawMessage {
    let socket = try AsyncSocket(socket: Socket(domain: Int32(sockaddr_in.family)), pool: pool)
    defer { try? socket.close() }
    try await socket.connect(to: upstream)
    try await socket.write(Data(request.bytes))
    guard
      let answer = try await RawMessage.read(from: socket, isAnswer: true, hasBody: method != "HEAD")
    else { throw SocketError.disconnected }
    return answer
  }

  private func control(_ method: String, _ request: RawMessage) async -> RawMessage {
    if method == "POST" {
      do { await faults.replace(try FaultRules(json: Data(request.body))) } catch {
        return .answer("400 Bad Request", type: "text/plain", "\(error)\n".utf8)
      }
    }
    return .answer("200 OK", type: "application/json", await faults.decisions.json)
  }
}

private actor Faults {
  private(set) var decisions = FaultDecisions(FaultRules(rules: []))

  func replace(_ rules: FaultRules) { decisions = FaultDecisions(rules) }
  func decide(method: String, path: String) -> FaultRule? { decisions.decide(method: method, path: path) }
}
