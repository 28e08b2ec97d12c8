import Shared
struct TopicDelivery { let topics: AlertSettings.TopicSettings; let publish: @Sendable ([(name: String, value: String)]) async throws -> String
  func send(_ notice: Notice, _ facts: AlertFacts) async throws -> AlertDelivery.Sent { AlertDelivery.Sent("x") } }
struct PagerDutyKeys { init(_ e: [String: String]) throws {} }
struct PagerDutyDelivery { let transport: any HTTPTransport; let keys: PagerDutyKeys; let host: CoordinatorHost; var show: (@Sendable (String) -> Void)?
  func send(_ notice: Notice, _ facts: AlertFacts) async throws -> AlertDelivery.Sent { AlertDelivery.Sent("x") } }
struct MetricsDelivery { let namespace: String; let now: @Sendable () -> UTCInstant; let put: @Sendable ([(name: String, value: String)]) async throws -> Void
  func send(_ facts: AlertFacts) async throws -> AlertDelivery.Sent { AlertDelivery.Sent("x") } }
extension AWSService { static var cloudWatch: AWSService { .sns } }
