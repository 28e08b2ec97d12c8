import Shared
import Testing

@testable import Coordinator

@Suite struct LiveViewTests {
  private func view(
    _ shards: [ShardStanding], _ thresholds: [(String, String)] = [], at now: Double = 106,
    planned: Double? = 15
  ) throws -> LiveView {
    LiveView(progress: try Samples.progress(shards, thresholds, at: now, planned: planned))
  }

  private func three() throws -> [ShardStanding] {
    [
      try ShardSamples(at: 105, loadStartedAt: 101).standing(),
      try ShardSamples(index: 1, at: 98, loadStartedAt: 101, recent: [0, 20, 20, 20, 20, 20]).standing(),
      ShardStanding(word: .none, isGone: false),
    ]
  }

  private let usual = [
    ("http_req_duration", "p(95)<800"), ("http_req_failed", "rate<0.01"), ("http_reqs", "rate>=2000"),
  ]

  /// Of 100 requests of 1 to 100 ms one failed.
  private func judged(_ index: Int = 0) throws -> ShardStanding {
    try ShardSamples(
      index: index, at: 105, loadStartedAt: 101,
      submetrics: [
        ("http_req_duration", Samples.trend((1...100).map(Double.init), limits: [50, 800]), nil),
        ("http_req_failed", Samples.rate(1, of: 100), nil), ("http_reqs", Samples.counter(100), 25),
        ("checks", Samples.rate(94, of: 100), nil), ("iterations", Samples.counter(100), 25),
      ]
    ).standing()
  }

  @Test func `the table shows every shard, the silent and the absent too, and all together`() throws {
    #expect(
      try view(three()).lines() == [
        "run 2026-11-23  5 of 15 s, 10 s left  [##########--------------------]",
        "  shard  state        VUs  req/s  p95 ms  errors",
        "  0      running      4    10     95      1 %",
        "  1      silent 8 s   4    20     95      1 %",
        "  2      no word yet  -    -      -       -",
        "  all                 8    30     95      1 %",
        "",
        "  shard 1: no word for 8 s",
      ])
  }

  @Test func `the table has every threshold, and where it stands`() throws {
    let thresholds =
      usual + [("checks", "rate>0.9"), ("http_req_duration{name:x}", "p(99)<1"), ("errors", "rate<1")]
    let lines = try view([judged(), judged(1)], thresholds).lines()
    #expect(
      lines == [
        "run 2026-11-23  5 of 15 s, 10 s left  [##########--------------------]",
        "  shard  state    VUs  req/s  p95 ms  errors",
        "  0      running  4    10     95      1 %",
        "  1      running  4    10     95      1 %",
        "  all             8    20     95      1 %",
        "",
        "  threshold                          so far",
        "  http_req_duration p(95)<800        95.08 ms  holds",
        "  http_req_failed rate<0.01          1 %       CROSSED",
        "  http_reqs rate>=2000               50/s      CROSSED",
        "  checks rate>0.9                    94 %      holds",
        "  http_req_duration{name:x} p(99)<1            no samples yet",
        "  errors rate<1                                no samples yet",
      ])
  }

  @Test func `a log gets one line, each figure against its limits`() throws {
    #expect(
      try view([judged(), judged(1)], usual).line
        == "5 of 15 s, 10 s left: 8 VUs, 20 req/s (>=2000/s: CROSSED, 50/s so far), p95 95.08 ms (<800 ms), errors 1 % (<1 %: CROSSED)"
    )
    let others = try view(
      [judged()],
      [
        ("http_req_duration", "p(99)<50"), ("checks", "rate>0.95"), ("iterations", "count>5"),
        ("errors", "count<1"),
      ])
    #expect(
      others.line
        == "5 of 15 s, 10 s left: 4 VUs, 10 req/s, p95 95 ms, p99 99.04 ms (<50 ms: CROSSED), errors 1 %, checks rate>0.95: CROSSED, 94 %, 1 other threshold holds, 1 not known yet"
    )
    #expect(
      try view(three(), at: 112).line
        == "11 of 15 s, 4 s left: 8 VUs, 30 req/s, p95 95 ms, errors 1 %; shard 0: no word for 7 s; shard 1: no word for 14 s; shard 2: no word yet, 12 s after the start"
    )
  }

  @Test func `a shard is late after three intervals`() throws {
    #expect(try !view([ShardSamples(at: 100).standing()], at: 106).line.contains("no word"))
    #expect(try view([ShardSamples(at: 100).standing()], at: 106.1).line.contains("shard 0: no word for 6 s"))
  }

  @Test func `many shards in trouble are counted`() throws {
    let shards = (0..<12).map { _ in ShardStanding(word: .none, isGone: false) }
    #expect(try view(shards).line.hasSuffix("errors -"))
    #expect(
      try view(shards, at: 107).notes == [
        "shard 0: no word yet, 7 s after the start", "shard 1: no word yet, 7 s after the start",
        "shard 2: no word yet, 7 s after the start", "and 9 more shards like these",
      ])
  }

  @Test func `what cannot be read, what is empty and what is gone is said`() throws {
    let view = try view([
      ShardStanding(word: .unreadable("x/progress.json cannot be read: 'at' is missing"), isGone: false),
      ShardStanding(word: .empty, isGone: true), ShardSamples(at: 101).standing(isGone: true),
      ShardStanding(word: .none, isGone: true),
    ])
    #expect(view.progress.shards.map(view.state) == ["unreadable", "empty", "gone", "gone"])
    #expect(
      view.notes == [
        "shard 0: x/progress.json cannot be read: 'at' is missing",
        "shard 2: its agent has ended before its load had", "shard 3: its agent has ended without a word",
      ])
    #expect(view.all.vus == 0, "a shard that is gone has no VUs at work")
  }

  @Test func `a shard that is gone and has handed in is in no trouble, whatever its last word was`() throws {
    var late = try ShardSamples(at: 101).standing(isGone: true)
    late.hasHandedIn = true
    let view = try view([late, ShardStanding(word: .none, isGone: true, hasHandedIn: true)])
    #expect(view.notes.isEmpty && view.progress.shards.map(view.state) == ["ended", "ended"])
  }

  @Test func `a shard that stands apart is named`() throws {
    let shards = try (0..<4).map { index in
      try ShardSamples(
        index: index, count: 4, at: 105, durations: [Double](repeating: index == 2 ? 900 : 300, count: 1000)
      ).standing()
    }
    let view = try view(shards)
    let note =
      "shard 2 stands apart: p95 900 ms, the median of the shards is 300 ms; without it the p95 would be 300 ms"
    #expect(view.notes == [note])
    #expect(view.line.hasSuffix("; \(note)") && view.lines().last == "  \(note)")
  }

  @Test func `a shard that has ended is not silent, and makes no load any more`() throws {
    let view = try view(
      [
        ShardSamples(at: 102, phase: .ended, loadStartedAt: 101).standing(),
        ShardSamples(index: 1, at: 112, loadStartedAt: 101, recent: [20]).standing(),
      ], at: 113)
    #expect(view.lines()[2] == "  0      ended    0    -      95      1 %")
    #expect(view.lines()[4] == "  all             4    20     95      1 %")
    #expect(view.line.hasPrefix("12 of 15 s, 3 s left: 4 VUs, 20 req/s"))
  }

  @Test func `when the load is over its whole rate is shown, and no VUs`() throws {
    let shard = ShardSamples(
      at: 116, phase: .ended, loadStartedAt: 101, submetrics: [("http_reqs", Samples.counter(100), 25)])
    let over = "the load is over, teardown() and the summaries are to come: "
    #expect(
      try view([shard.standing()], usual, at: 117).line
        == over
        + "25/s over the load (>=2000/s: CROSSED, 25/s so far), p95 95 ms (<800), errors 1 % (<0.01)")
    #expect(try view([shard.standing()], at: 117).line == over + "p95 95 ms, errors 1 %")
  }

  @Test func `the phases are told apart`() throws {
    func position(_ phase: ShardProgress.Phase, at now: Double, planned: Double? = 15) throws -> String {
      let shard = ShardSamples(at: now, phase: phase, loadStartedAt: phase == .setup ? nil : 101)
      return try view([shard.standing()], at: now, planned: planned).position
    }
    #expect(try position(.setup, at: 112) == "setup() for 12 s")
    #expect(try position(.running, at: 112) == "11 of 15 s, 4 s left")
    #expect(try position(.running, at: 112, planned: nil) == "11 s")
    #expect(try position(.running, at: 118) == "15 s are over, the last iterations end")
    #expect(try position(.ended, at: 118) == "the load is over, teardown() and the summaries are to come")
    let setup = try view([ShardSamples(phase: .setup, loadStartedAt: nil).standing()])
    #expect(setup.lines()[0] == "run 2026-11-23  setup() for 6 s  [------------------------------]")
  }

  @Test func `on a small terminal the merged row and the thresholds stay, and no line wraps`() throws {
    let shards = try (0..<12).map { try ShardSamples(index: $0, count: 12, at: 105).standing() }
    let plain = try view(shards).lines(fitting: (rows: 12, columns: 40))
    #expect(plain.count == 11)
    #expect(plain.allSatisfy { $0.count <= 39 })
    #expect(plain[plain.count - 2] == "  ... and 5 more shards")
    #expect(plain[plain.count - 3].hasPrefix("  6 "))
    #expect(plain.last?.hasPrefix("  all ") == true)
    let judged = try view(shards, usual)
    #expect(judged.lines(fitting: (rows: 40, columns: 200)) == judged.lines())
    let lines = judged.lines(fitting: (rows: 12, columns: 80))
    #expect(lines.count == 11)
    #expect(lines[4] == "  ... and 10 more shards" && lines[5].hasPrefix("  all "))
    #expect(lines.last?.hasPrefix("  http_reqs rate>=2000") == true)
    for rows in 1...20 {
      let lines = judged.lines(fitting: (rows: rows, columns: 80))
      #expect(lines.count <= max(4, rows - 1), "\(rows)")
      #expect(lines.contains { $0.hasPrefix("  all ") }, "\(rows)")
    }
  }
}
