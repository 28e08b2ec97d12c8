import ArgumentParser
import Foundation

/// Stands before an S3 and answers, cuts and delays as the real one can.
@main struct FaultProxy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fault-proxy",
    abstract: "Stands before an S3 and answers, cuts and delays as the real one can.",
    discussion: """
      Passes every request on as the bytes that came, unless a rule says otherwise. POST /_faults replaces the rules:

      {"seed": 7, "rules": [{"method": "PUT", "key": "*/history.csv", "fault": "slow_down", "occurrences": [1, 3]},
      {"method": "*", "key": "*", "fault": "cut", "probability": 0.05}]}

      A key is matched against the path as it goes over the wire, * being any text. The first rule that applies counts.

      Not carried out: slow_down (503), conflict (409), refuse (closes without an answer). Carried out: cut (half of the \
      answer), silence (no answer until the client leaves), failed_after (500), slow (the answer after "seconds").

      GET /_faults says how often each rule matched and applied.
      """)

  @Option(help: "The S3 behind it, as http://127.0.0.1:5000.")
  var upstream: String
  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"
  @Option(help: "The port to listen on; 0 takes a free one.")
  var port: UInt16 = 0
  @Option(help: "A file to which the address is written as soon as it listens.")
  var addressFile: String?

  mutating func run() async throws {
    let server = try await ProxyServer(upstream: upstream, host: host, port: port)
    print("the fault proxy listens on \(server.address)")
    fflush(nil)
    if let addressFile {
      try Data(server.address.utf8).write(to: URL(fileURLWithPath: addressFile), options: .atomic)
    }
    try await server.run()
  }
}
