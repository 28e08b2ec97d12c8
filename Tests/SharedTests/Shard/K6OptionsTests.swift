import Shared
import Testing

@Suite struct K6OptionsTests {
  @Test(arguments: [
    "--paused", "--address=:1", "--execution-segment=0:1", "-l", "--no-thresholds", "--summary-export=x",
    "-a:1",
    "--summary-mode=disabled", "-wl", "-qp", "--log-output", "--console-output=x",
  ])
  func `options that are the agent's own are refused with a reason`(option: String) {
    #expect(K6Options(["--vus", "2", option]).refusal?.contains("cannot be passed on") == true)
  }

  @Test(arguments: [
    ["-u", "3", "-w"], ["-eA=lap"], ["-e", "paused=1"], ["--tag", "a=b"], ["x"], ["-"], [],
  ])
  func `others are not`(options: [String]) { #expect(K6Options(options).refusal == nil) }

  @Test(arguments: [
    (["--vus=3"], "--vus 3"), (["--vus", "3"], "--vus 3"), (["-u3"], "-u 3"), (["-u=3"], "-u 3"),
    (["-wu3"], "-u 3"),
    (["--stage=1s:2", "-s2s:3"], "--stage 1s:2, -s 2s:3"), (["-eA=b=c"], "-e A=b=c"),
    (["-e", "A=b"], "-e A=b"),
    (["--vus="], "--vus "), (["--vus"], ""),
  ])
  func `options and their values`(words: [String], expected: String) {
    #expect(K6Options(words).pairs.map { "\($0.name) \($0.value)" }.joined(separator: ", ") == expected)
  }
}
