import Testing

@testable import ShardAgent

@Suite struct K6VersionTests {
  @Test(
    arguments: [
      ("0.57.0", "--no-summary"), ("1.0.0", "--no-summary"), ("1.2.3", "--no-summary"),
      ("1.1", "--no-summary"),
      ("v1.2.0-rc1+dirty", "--no-summary"), ("1.3.0", "--summary-mode=disabled"),
      ("1.10.0", "--summary-mode=disabled"), ("2.0.0-rc1", "--summary-mode=disabled"),
      ("2.2.0", "--summary-mode=disabled"), ("(devel)", "--summary-mode=disabled"),
    ])
  func `each version has its own way of making no summary`(version: String, option: String) {
    #expect(K6Version(version).withoutSummary == option)
  }

  @Test func `versions are compared by number, not by text`() {
    #expect(K6Version("0.9.0") < K6Version("0.57.0") && K6Version("1.9.0") < K6Version("1.10.0"))
    #expect(K6Version("2.1.9").hasGaugesMaximumAtLeastZero && !K6Version("2.2.0").hasGaugesMaximumAtLeastZero)
  }
}
