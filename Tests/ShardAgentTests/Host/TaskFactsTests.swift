import Logging
import Shared
import Synchronization
import Testing

@testable import ShardAgent

@Suite struct TaskFactsTests {
  /// Answers one after the other, the last for ever.
  private final class Answers: HTTPTransport {
    private let answers: Mutex<[Result<HTTPResponse, HTTPFailure>]>
    let requests = Mutex<[String]>([])

    init(_ answers: [Result<HTTPResponse, HTTPFailure>]) { self.answers = Mutex(answers) }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
      requests.withLock { $0.append("\(request.scheme)://\(request.host)\(request.path)") }
      return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
    }
  }

  private static let uri = "http://169.254.170.2/v4/4f0d-1234"

  private static func metadata(_ clock: String) -> Result<HTTPResponse, HTTPFailure> {
    let text = #"""
      {"Cluster":"arn:aws:ecs:eu-west-1:1:cluster/load","TaskARN":"arn:aws:ecs:eu-west-1:1:task/load/4f0d9e","Family":"k6",
       "AvailabilityZone":"eu-west-1b","LaunchType":"FARGATE",\#(clock)"Containers":[
       {"DockerId":"other","LogOptions":{"awslogs-group":"g","awslogs-stream":"sidecar"}},
       {"DockerId":"4f0d-1234","Name":"shard","LogDriver":"awslogs","LogOptions":{"awslogs-group":"/load","awslogs-region":
       "eu-west-1","awslogs-stream":"shard/shard/4f0d9e"}}]}
      """#
    return .success(HTTPResponse(status: 200, body: Array(text.utf8)))
  }

  private static func drift(_ bound: String, _ status: String) -> String {
    #""ClockDrift":{"ClockErrorBound":\#(bound),"ReferenceTimestamp":"2026-11-23T02:14:00Z","ClockSynchronizationStatus":"\#(status)"},"#
  }

  private func find(_ transport: Answers, uri: String? = uri) async throws -> (TaskFacts, log: String) {
    let log = Mutex("")
    let host = TestHost().host()
    let logger = Logger(label: "test") { _ in
      JSONLog(now: host.now) { bytes in log.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
    }
    let reader = TaskMetadataReader(transport: transport, sleep: host.sleep)
    let facts = try await TaskFacts.find(uri: uri, host: host, reader: reader, logger: logger)
    return (facts, log.withLock(\.self))
  }

  @Test func `a task goes by its own id, and the log says where it is`() async throws {
    let transport = Answers([Self.metadata(Self.drift("0.54", "SYNCHRONIZED"))])
    let (facts, log) = try await find(transport)
    #expect(
      facts == TaskFacts(id: "4f0d9e", clock: ClockQuality(source: .task, offset: nil, errorBound: 0.54)))
    #expect(transport.requests.withLock(\.self) == ["\(Self.uri)/task"])
    for expected in ["eu-west-1b", "shard/shard/4f0d9e", "cluster/load", "\"log.group\":\"/load\""] {
      #expect(log.contains(expected), "\(log)")
    }
    #expect(!log.contains("warning"))
  }

  @Test func `outside ECS it is the process`() async throws {
    #expect(try await find(Answers([.failure(HTTPFailure("no"))]), uri: nil).0 == TaskFacts(id: "pid-7"))
  }

  @Test(arguments: [
    [Result<HTTPResponse, HTTPFailure>.failure(HTTPFailure("refused"))],
    [.success(HTTPResponse(status: 500))],
    [.success(HTTPResponse(status: 200, body: Array("?".utf8)))],
  ])
  func `what cannot be read is told, and is no reason to leave`(
    answers: [Result<HTTPResponse, HTTPFailure>]
  ) async throws {
    let transport = Answers(answers)
    let (facts, log) = try await find(transport)
    #expect(facts == TaskFacts(id: "pid-7") && log.contains("\"level\":\"warning\""))
    #expect(transport.requests.withLock(\.count) == 3)
  }

  @Test func `a second try is enough`() async throws {
    let answers = [.failure(HTTPFailure("no")), Self.metadata("")]
    #expect(try await find(Answers(answers)).0 == TaskFacts(id: "4f0d9e"))
  }

  @Test func `a clock that is off by more than a second is refused, one that is not synchronised is told`()
    async throws
  {
    let (facts, log) = try await find(Answers([Self.metadata(Self.drift("999.9", "NOT_SYNCHRONIZED"))]))
    #expect(facts.clock?.errorBound == 999.9 && log.contains("not synchronised"))
    let failure = await #expect(throws: ShardFailure.self) {
      _ = try await find(Answers([Self.metadata(Self.drift("1000.1", "SYNCHRONIZED"))]))
    }
    #expect(
      failure?.sentence.hasPrefix("this task's clock is off by 1000 ms, as the task's metadata says") == true)
  }

  @Test func `without metadata the store's date tells, to half a second`() throws {
    let facts = TaskFacts(id: "pid-7")
    #expect(try facts.withStore(nil) == facts)
    func clock(_ offset: Double, bound: Double = 500) -> ClockQuality {
      ClockQuality(source: .store, offset: offset, errorBound: bound)
    }
    #expect(try facts.withStore(clock(1400)).clock == clock(1400))
    for offset in [1600.0, -1600] {
      #expect(throws: ShardFailure.self) { try facts.withStore(clock(offset)) }
      #expect(try facts.withStore(clock(offset, bound: 700)).clock?.offset == offset)
    }
    let known = TaskFacts(id: "x", clock: ClockQuality(source: .task, offset: nil, errorBound: 1))
    #expect(try known.withStore(clock(100_000)) == known)
  }
}
