import ArgumentParser
import Shared

struct GateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Judges a stored run again, offline.",
    discussion: """
      Reads the run's summaries, merges and judges them as the run did, and writes nothing. A --threshold takes the \
      place of the stored ones of the same metric. Limits of percentiles that the run did not know are decided from \
      its histograms, and refused when they are too close to tell.

        coordinator gate out/2026-11-23
        coordinator gate s3://bucket/checkout/2026-11-23
        coordinator gate out/2026-11-23 --threshold 'http_req_duration=p(99)<500'
      """)

  @Argument(help: ArgumentHelp("The run's folder, or its address in a bucket.", valueName: "run"))
  var runName: String
  @Option(
    help: ArgumentHelp(
      "A limit, as 'http_req_duration=p(95)<800'; may be repeated.", valueName: "metric=limit"))
  var threshold: [String] = []
  @Flag(help: "Exit with 1 when the verdict is degraded.")
  var failOnDegraded = false

  @Flag(help: "Print the judgement as a result.json in place of the report.")
  var json = false

  mutating func run() async throws {
    let (name, limits, strict, json) = (runName, threshold, failOnDegraded, json)
    throw await carriedOut {
      try await liveGate(name, thresholds: limits, failOnDegraded: strict, json: json)
    }
  }
}
