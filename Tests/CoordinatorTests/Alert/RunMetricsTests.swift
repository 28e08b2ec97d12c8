import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator

@Suite struct RunMetricsTests {
  private func send(_ facts: AlertFacts, age: Double = 60) async throws -> (what: String, put: [[String]]) {
    let put = Mutex<[[String]]>([])
    let now = facts.result.finishedAt.advanced(bySeconds: age)
    let delivery = MetricsDelivery(
      namespace: "k6-grid", now: { now },
      put: { parameters in
        put.withLock { $0.append(parameters.map { "\($0.name)=\($0.value)" }) }
      })
    return (try await delivery.send(facts).what, put.withLock { $0 })
  }

  @Test(
    arguments: [
      (NoticeSamples.Story.failing, 1.0 as Double?), (.recovered, 0), (.degraded, 0), (.incomplete, nil),
      (.notRunning, nil),
    ])
  func `every run has run; whether the gate failed is known of judged ones alone`(
    story: NoticeSamples.Story, failed: Double?
  ) async throws {
    let metrics = RunMetrics(try await NoticeSamples.facts(story), namespace: "k6-grid")
    #expect(metrics.data.first == .init(name: "GateRun", value: 1, unit: "Count"))
    #expect(metrics.data.first { $0.name == "GateFailed" }?.value == failed)
    let names = metrics.data.map(\.name)
    #expect(
      names
        == (failed == nil
          ? ["GateRun"] : ["GateRun", "GateFailed", "RunP95", "RunErrorRate", "RunRequestRate"]))
  }

  @Test func `the parameters of PutMetricData`() async throws {
    let facts = try await NoticeSamples.facts(.failing)
    let (what, put) = try await send(facts)
    let parameters = try #require(put.first)
    #expect(
      parameters.prefix(7) == [
        "Namespace=k6-grid", "MetricData.member.1.MetricName=GateRun",
        "MetricData.member.1.Dimensions.member.1.Name=Suite",
        "MetricData.member.1.Dimensions.member.1.Value=checkout-api",
        "MetricData.member.1.Timestamp=2026-11-22T02:24:12Z", "MetricData.member.1.Value=1.0",
        "MetricData.member.1.Unit=Count",
      ])
    #expect(parameters.count == 1 + 5 * 6 && put.count == 1)
    let units = parameters.filter { $0.contains(".Unit=") }.map { $0.split(separator: "=")[1] }
    #expect(units == ["Count", "Count", "Milliseconds", "Percent", "Count/Second"])
    #expect(
      what.hasPrefix("GateRun 1, GateFailed 1, RunP95 8")
        && what.hasSuffix("of suite checkout-api in k6-grid"))
    let errors = try #require(facts.record.errorRate)
    #expect(parameters.contains("MetricData.member.4.Value=\(errors * 100)"))
  }

  @Test(
    arguments: [
      (14 * 86_400.0, nil as String?), (14 * 86_400 + 1, "two weeks"), (-7200, nil), (-7201, "the future"),
    ])
  func `what CloudWatch would not take is said, and not sent`(age: Double, words: String?) async throws {
    let (what, put) = try await send(try await NoticeSamples.facts(.failing), age: age)
    #expect(put.isEmpty == (words != nil))
    if let words { #expect(what.contains(words)) }
  }

  @Test func `a run of another branch is none of the nights`() async throws {
    let (what, put) = try await send(try await NoticeSamples.facts(.failing).with(isOfNights: false))
    #expect(put.isEmpty && what == "no metrics: a run of another branch is none of the nights")
  }
}
