import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@testable import Coordinator
@testable import PagerDutyStandIn

/// Events go over the wire to a PagerDuty that is as strict as its reference.
@Suite struct PagerDutyTests {
  private static let keys = [
    PagerDutyKeys.service: "0123456789abcdef0123456789abcdef",
    PagerDutyKeys.harness: "fedcba9876543210fedcba9876543210",
  ]

  /// Waits are over at once.
  private func delivery(_ server: PagerDutyServer, _ keys: [String: String] = keys) throws
    -> PagerDutyDelivery
  {
    let slept = Mutex(0.0)
    let host = CoordinatorHost(
      now: { UTCInstant(nanoseconds: Int64(slept.withLock(\.self) * 1e9)) },
      sleep: { duration in slept.withLock { $0 += duration / .seconds(1) } },
      environment: ["PAGERDUTY_API_URL": server.address], randomText: { "" })
    return PagerDutyDelivery(transport: LiveHTTPTransport(), keys: try PagerDutyKeys(keys), host: host)
  }

  /// The made-up store's newest run, which fails.
  private func facts() async throws -> AlertFacts {
    let store = DirectoryObjectStore(folder: try temporaryFolder().path)
    let demo = try await onOwnThread { try DemoStore(days: 30) }
    for object in try demo.objects() { _ = try await store.put(object.bytes, at: object.key, if: .always) }
    return try await AlertReader(
      store: store, location: .bucket("runs", prefix: ""), settings: AlertSettings(),
      page: "https://acme.github.io/checkout/"
    ).read(#require(demo.results.last).plan.run).facts
  }

  @Test func `incidents of both audiences open and are resolved, whatever happens on the way`() async throws {
    let server = try await PagerDutyServer(keys: Set(Self.keys.values))
    let facts = try await facts()
    let delivery = try delivery(server)
    await server.state.setFaults([
      PagerDutyFault(kind: .throttle, times: 1, retryAfter: 3), PagerDutyFault(kind: .fail, times: 2),
      PagerDutyFault(kind: .cut),
    ])
    let service = Notice(audience: .service, kind: .alarm)
    #expect(try await delivery.send(service, facts).what == "incident k6-grid/checkout-api was triggered")
    #expect(await server.state.events.map(\.status) == [429, 500, 500, nil, 202])
    // Cut off behind its being taken, and sent again: still one incident.
    let incidents = await server.state.incidents
    #expect(incidents.map(\.dedupKey) == ["k6-grid/checkout-api"] && incidents.map(\.triggers) == [2])
    #expect(incidents.first?.summary.hasPrefix("checkout-api nightly: p95 8") == true)
    for notice in [
      Notice(audience: .harness, kind: .alarm), Notice(audience: .service, kind: .ok),
      Notice(audience: .harness, kind: .mail),
    ] {
      _ = try await delivery.send(notice, facts)
    }
    #expect(await server.state.incidents.map(\.isOpen) == [false, true])
    #expect(
      await server.state.incidents.map(\.key) == [
        Self.keys[PagerDutyKeys.service], Self.keys[PagerDutyKeys.harness],
      ])
    _ = try await delivery.send(Notice(audience: .harness, kind: .ok), facts)
    #expect(await server.state.incidents.map(\.isOpen) == [false, false])
  }

  @Test func `a key that PagerDuty does not know is one sentence`() async throws {
    let server = try await PagerDutyServer(keys: [])
    let facts = try await facts()
    let error = await #expect(throws: PagerDutyError.self) {
      try await delivery(server).send(Notice(audience: .service, kind: .alarm), facts)
    }
    #expect(
      error?.description
        == "PagerDuty refused the event: HTTP 400 (invalid event: Event object is invalid: Invalid routing key): check PAGERDUTY_ROUTING_KEY and PAGERDUTY_HARNESS_ROUTING_KEY"
    )
    #expect(await server.state.events.count == 1)
  }
}
