import Foundation
import TestSupport
import Testing

@testable import Shared

/// Against moto, which checks every signature.
@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
struct S3MotoTests {
  private func store(
    _ environment: [String: String], _ location: String = "s3://grid-runs/nightly"
  ) throws -> any ObjectStore {
    try liveStore(StoreLocation(location), environment: environment)
  }

  @Test func `a bucket keeps the contract`() async throws {
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    try await ObjectStoreContract(store: store(moto.environment)).check()
    // Without a prefix, with a name in the path that has dots.
    try await moto.makeBucket("grid.runs.2")
    try await ObjectStoreContract(store: store(moto.environment, "s3://grid.runs.2")).check()
    #expect(try await store(moto.environment, "s3://grid-runs").list("nightly/b/").count == 3)
  }
}
