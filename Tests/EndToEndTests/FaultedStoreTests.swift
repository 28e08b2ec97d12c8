import Foundation
import TestSupport
import Testing

@testable import Coordinator
@testable import FaultProxy
@testable import Shared

@Suite(.enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
struct FaultedStoreTests {
  private func store(_ faulted: FaultedStore) throws -> any ObjectStore {
    try liveStore(
      StoreLocation("s3://grid-runs/nightly"), environment: faulted.environment, patience: .short)
  }

  struct Course: Sendable, CustomTestStringConvertible {
    let fault: Fault
    let isStoredBehindIt: Bool
    /// What a conditional put answers that is faulted once.
    var testDescription: String { fault.rawValue }
  }

  @Test(
    arguments: [
      Course(fault: .slowDown, isStoredBehindIt: false), Course(fault: .conflict, isStoredBehindIt: false),
      Course(fault: .refuse, isStoredBehindIt: false), Course(fault: .cut, isStoredBehindIt: true),
      Course(fault: .silence, isStoredBehindIt: true), Course(fault: .failedAfter, isStoredBehindIt: true),
    ])
  func `a put that is disturbed once is stored once`(course: Course) async throws {
    let faulted = try await FaultedStore(bucket: "grid-runs")
    let store = try store(faulted)
    let rule = #"{"rules":[{"method":"PUT","fault":"\#(course.fault.rawValue)","occurrences":[1]}]}"#
    try await faulted.setRules(rule)
    guard case .stored(let etag) = try await store.put([1], at: "a+b=c", if: .absent) else {
      return #expect(Bool(false), "it was ours")
    }
    #expect(try await store.get("a+b=c") == StoredObject(bytes: [1], etag: etag))
    try await faulted.setRules(rule)
    guard case .stored = try await store.put([2], at: "a+b=c", if: .matches(etag: etag)) else {
      return #expect(Bool(false), "it was ours")
    }
    #expect(try await store.get("a+b=c")?.bytes == [2])
    #expect(await faulted.proxy.counts().applied == [1])
    // Nobody is told that theirs is stored when it is not.
    try await faulted.setRules(rule)
    #expect(try await store.put([3], at: "a+b=c", if: .absent) == .conditionFailed)
    try await faulted.setRules(rule)
    #expect(try await store.put([3], at: "a+b=c", if: .matches(etag: etag)) == .conditionFailed)
    #expect(try await store.get("a+b=c")?.bytes == [2])
  }

  @Test func `reads and listings get over faults, and never see half an object`() async throws {
    let faulted = try await FaultedStore(bucket: "grid-runs")
    let store = try store(faulted)
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for fault in Fault.allCases where fault != .conflict {
      try await faulted.setRules(
        #"{"rules":[{"fault":"\#(fault.rawValue)","seconds":0.05,"occurrences":[1]}]}"#)
      #expect(try await store.put(bytes, at: "r/big", if: .always) != .conditionFailed)
      for _ in 0..<2 {
        try await faulted.setRules(
          #"{"rules":[{"fault":"\#(fault.rawValue)","seconds":0.05,"occurrences":[1]}]}"#)
        #expect(try await store.get("r/big")?.bytes == bytes, "\(fault)")
      }
      try await faulted.setRules(
        #"{"rules":[{"fault":"\#(fault.rawValue)","seconds":0.05,"occurrences":[1]}]}"#)
      #expect(try await store.list("r/").map(\.text) == ["r/big"], "\(fault)")
    }
  }

  @Test func `what fails every time is an error in a bounded time, and says whether it may have been done`()
    async throws
  {
    let faulted = try await FaultedStore(bucket: "grid-runs")
    let store = try store(faulted)
    try await faulted.setRules(#"{"rules":[{"fault":"slow_down"}]}"#)
    let throttled = await #expect(throws: AWSError.self) { try await store.put([1], at: "a", if: .always) }
    #expect(throttled?.isThrottling == true && throttled?.attempts == 4)
    try await faulted.setRules(#"{"rules":[{"method":"PUT","fault":"silence"}]}"#)
    let silent = await #expect(throws: AWSError.self) { try await store.put([1], at: "a", if: .always) }
    #expect(silent?.mayHaveBeenCarriedOut == true && silent?.code == nil)
    // The conditional one looks: it had been stored.
    #expect(try await store.put([2], at: "b", if: .absent) != .conditionFailed)
  }

  @Test func `the proxy as a program takes rules, refuses what it does not know, and counts`() async throws {
    let file = try temporaryFolder().appending(path: "address")
    let moto = try await Moto()
    try await moto.makeBucket("grid-runs")
    let program = try Program(
      "FaultProxy", ["--upstream", moto.endpoint, "--address-file", file.path])
    try await eventually("an address") { FileManager.default.fileExists(atPath: file.path) }
    let address = try String(contentsOf: file, encoding: .utf8)
    func control(_ method: String, _ body: String = "") async throws -> (Int, String) {
      let response = try await LiveHTTPTransport().send(
        HTTPRequest(
          method: method, scheme: "http", host: String(address.dropFirst(7)), path: "/_faults",
          body: Array(body.utf8)))
      return (response.status, String(decoding: response.body, as: UTF8.self))
    }
    #expect(try await control("POST", #"{"rules":[{"fault":"explode"}]}"#).0 == 400)
    #expect(
      try await control("POST", #"{"rules":[{"method":"GET","fault":"slow_down","occurrences":[1]}]}"#).0
        == 200)
    let environment = moto.environment.merging(["AWS_ENDPOINT_URL": address]) { $1 }
    let store = try liveStore(StoreLocation("s3://grid-runs"), environment: environment, patience: .short)
    #expect(try await store.get("a") == nil)
    let counts = try JSON(try await control("GET").1.utf8)
    #expect(counts["requests"]?.number == 2 && counts["rules"]?.array?.first?["applied"]?.number == 1)
    program.signal(SIGTERM)
    _ = await program.ending()
  }

  /// 1,000 runs of ten coordinators, through conflicts, races, timeouts, cuts and overload.
  @Test func `of 1,000 contested appends to the history no row is lost, and none is there twice`()
    async throws
  {
    let faulted = try await FaultedStore(bucket: "grid-runs")
    try await faulted.setRules(
      """
      {"seed": 7, "rules": [
        {"method": "PUT", "fault": "conflict", "probability": 0.08}, {"method": "PUT", "fault": "slow_down", "probability": 0.04},
        {"method": "PUT", "fault": "cut", "probability": 0.03}, {"method": "PUT", "fault": "silence", "probability": 0.01},
        {"method": "PUT", "fault": "failed_after", "probability": 0.03}, {"method": "PUT", "fault": "refuse", "probability": 0.02},
        {"method": "GET", "fault": "cut", "probability": 0.02}, {"method": "GET", "fault": "slow_down", "probability": 0.02}]}
      """)
    let (writers, each) = (10, 100)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        let history = History(store: try store(faulted), wait: liveHistoryWait)
        group.addTask {
          for number in 0..<each {
            try await history.append(
              HistoryRecord(
                suite: "s", run: RunID("w\(writer).\(number)")!,
                startedAt: UTCInstant(nanoseconds: 0), verdict: .pass))
          }
        }
      }
      try await group.waitForAll()
    }
    let counts = await faulted.proxy.counts()
    #expect(counts.applied.allSatisfy { $0 > 3 }, "every fault happened: \(counts.applied)")
    try await faulted.setRules(#"{"rules":[]}"#)
    let text = String(
      decoding: try #require(try await store(faulted).get(historyKey)).bytes, as: UTF8.self)
    let rows = text.components(separatedBy: "\r\n").dropFirst().dropLast()
    let runs = rows.map { $0.components(separatedBy: ",")[2] }
    #expect(runs.count == writers * each && Set(runs).count == writers * each)
    print("history: \(counts.requests) requests for 1,000 appends, faults \(counts.applied)")
  }
}
