import ArgumentParser
import Foundation

/// A PagerDuty to send events to: its Events API v2 as it is documented, and incidents that can be looked at.
@main struct PagerDutyStandIn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pagerduty-stand-in",
    abstract: "A PagerDuty: takes events of the Events API v2, and shows the incidents that they made.",
    discussion: """
      POST /v2/enqueue is PagerDuty's. GET /_events has every request with its answer, GET /_incidents the incidents. \
      POST /_faults takes what happens to the next requests, one after the other:

      [{"fault": "throttle", "times": 2, "retry_after": 3}, {"fault": "fail"}, {"fault": "cut"}, {"fault": "hang"}]

      throttle is 429, fail 500, both not carried out; cut carries it out and closes without an answer, hang never answers.
      """)

  @Option(help: "A routing key that it knows; repeatable.")
  var key: [String] = []
  @Option(help: "The port of loopback to listen on; 0 takes a free one.")
  var port: UInt16 = 0
  @Option(help: "A file to which the address is written as soon as it listens.")
  var addressFile: String?

  mutating func run() async throws {
    let server = try await PagerDutyServer(keys: Set(key), port: port)
    print("the PagerDuty stand-in listens on \(server.address)")
    fflush(nil)
    if let addressFile {
      try Data(server.address.utf8).write(to: URL(fileURLWithPath: addressFile), options: .atomic)
    }
    try await server.wait()
  }
}
