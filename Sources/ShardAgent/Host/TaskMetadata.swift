import Shared

/// What ECS says of the task, at `${ECS_CONTAINER_METADATA_URI_V4}/task`, as far as it is looked at.
struct TaskMetadata: Decodable, Sendable, Equatable {
  struct ClockDrift: Decodable, Sendable, Equatable {
    /// Milliseconds by which the machine's clock may be off.
    let errorBound: Double?
    let status: String?

    private enum CodingKeys: String, CodingKey {
      case errorBound = "ClockErrorBound"
      case status = "ClockSynchronizationStatus"
    }
  }

  struct Container: Decodable, Sendable, Equatable {
    let id: String?
    let logOptions: [String: String]?

    private enum CodingKeys: String, CodingKey {
      case id = "DockerId"
      case logOptions = "LogOptions"
    }
  }

  let arn: String
  let cluster: String?
  let zone: String?
  let clock: ClockDrift?
  let containers: [Container]?

  private enum CodingKeys: String, CodingKey {
    case arn = "TaskARN"
    case cluster = "Cluster"
    case zone = "AvailabilityZone"
    case clock = "ClockDrift"
    case containers = "Containers"
  }

  /// The last part of its ARN, as `4f0d...`; `nil` for an ARN that has none.
  var taskID: String? {
    let id = arn.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    return id.isEmpty || !arn.contains("/") ? nil : id
  }

  /// What a person needs to find the task and its log.
  /// - Parameter uri: ends with the id of this container.
  func facts(uri: String) -> [String: String] {
    let own = uri.split(separator: "/").last.map(String.init)
    let logged = (containers ?? []).filter { $0.logOptions?["awslogs-stream"] != nil }
    let options = (logged.first { $0.id == own } ?? logged.first)?.logOptions ?? [:]
    let facts = [
      "task.arn": arn, "task.cluster": cluster, "task.zone": zone, "log.group": options["awslogs-group"],
      "log.stream": options["awslogs-stream"], "log.region": options["awslogs-region"],
    ]
    return facts.compactMapValues(\.self)
  }
}

/// Asks for it: it is on the machine itself, without credentials.
struct TaskMetadataReader: Sendable {
  let transport: any HTTPTransport
  let sleep: @Sendable (Duration) async throws -> Void

  private static let tries = 3

  /// - Parameter uri: `ECS_CONTAINER_METADATA_URI_V4`, as `http://169.254.170.2/v4/...`.
  /// - Throws: a sentence as an ``HTTPFailure`` or ``UnreadableDocument``.
  func read(_ uri: String) async throws -> TaskMetadata {
    let parts = uri.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, parts[0] == "http:", parts[1].isEmpty, !parts[2].isEmpty else {
      throw HTTPFailure("ECS_CONTAINER_METADATA_URI_V4 is '\(uri)': expected an address as http://host/v4/id")
    }
    let path = parts.count == 4 ? "/\(parts[3])/task" : "/task"
    let request = HTTPRequest(
      method: "GET", scheme: "http", host: parts[2], path: path, headers: [("accept", "application/json")],
      timeout: .seconds(2), replyLimit: 1 << 20)
    var failure: any Error = HTTPFailure("it was not asked")
    for attempt in 1...Self.tries {
      do {
        let response = try await transport.send(request)
        guard response.status == 200 else { throw HTTPFailure("it answered \(response.status)") }
        return try decoded(TaskMetadata.self, from: response.body, name: "the task's metadata")
      } catch let error as CancellationError { throw error } catch { failure = error }
      if attempt < Self.tries { try await sleep(.seconds(1)) }
    }
    throw failure
  }
}
