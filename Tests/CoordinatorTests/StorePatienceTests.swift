import Shared
import Testing

@testable import Coordinator

@Suite struct StorePatienceTests {
  private let away = AWSError(call: "s3:ListObjectsV2", code: "SlowDown", message: "busy", status: 503)
  private let refused = AWSError(call: "s3:GetObject", code: "AccessDenied", message: "no", status: 403)

  @Test func `a store that fails for a moment is said once, and ends nothing`() throws {
    let patience = StorePatience()
    let first = try patience.failed(away, at: Samples.instant(0))
    #expect(first?.hasPrefix("the store does not answer, which is tried again for up to 60 s: ") == true)
    #expect(try patience.failed(away, at: Samples.instant(1)) == nil)
    patience.worked()
    #expect(try patience.failed(away, at: Samples.instant(59)) == nil)
    #expect(try patience.failed(away, at: Samples.instant(119)) != nil)
  }

  @Test func `one that fails for a minute ends the run`() throws {
    let patience = StorePatience()
    _ = try patience.failed(away, at: Samples.instant(0))
    _ = try patience.failed(away, at: Samples.instant(60))
    let stopped = #expect(throws: RunStopped.self) { try patience.failed(away, at: Samples.instant(61)) }
    #expect(stopped?.cause == .broken)
    #expect(stopped?.reason.hasPrefix("the store has not answered for 60 s: ") == true)
  }

  @Test func `a refusal ends it at once`() {
    let stopped = #expect(throws: RunStopped.self) {
      try StorePatience().failed(refused, at: Samples.instant(0))
    }
    #expect(stopped?.reason.hasPrefix("the store refuses the coordinator: ") == true)
  }
}
