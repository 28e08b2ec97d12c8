import Shared

/// From k6's stream to aggregates: each sample goes to the series of its report tags, and to every threshold's
/// selector that matches all of its tags.
struct SampleAggregator {
  /// The tags by which reports tell series apart.
  static let usualReportTags = [
    "scenario", "group", "name", "method", "status", "expected_response", "check",
  ]

  private struct Metric {
    let name: String
    let type: MetricType
    let contains: MetricContains
    let isSummed: Bool
    var submetrics: [Submetric] = []
    var overflow: AggregateStore.Reference?
  }

  private struct Submetric {
    let selector: MetricSelector
    /// Which value each tag slot must have.
    let wanted: [(slot: Int, value: Int)]
    let place: AggregateStore.Reference
  }

  private(set) var health = StreamHealth()
  /// Samples that only VUs at their work can have made: not setup's or teardown's, nor the counts of the VUs.
  private(set) var loadPoints: UInt64 = 0
  /// The latest time of a sample since ``takeNewest()``.
  private var newest: UTCInstant?
  private let reportTags: [String]
  private let seriesCap: Int
  private var selectors: [(selector: MetricSelector, limits: [Double])] = []
  private var startedAt: UTCInstant?

  private var line = StreamLine()
  private var metricNames = ByteTable()
  private var metrics: [Metric?] = []
  /// Tags that somebody asks for: the report's first, then the selectors'.
  private var tagNames = ByteTable()
  private let groupSlot: Int
  private var values = ByteTable()
  private let setupGroup, teardownGroup: Int
  private var slotValues: [Int32] = []
  private var key: [Int32] = []
  private var series: SeriesTable
  private var seriesPlaces: [AggregateStore.Reference] = []
  private var aggregates = AggregateStore()

  init(reportTags: [String] = usualReportTags, seriesCap: Int = 500) {
    (self.reportTags, self.seriesCap) = (reportTags, seriesCap)
    for tag in reportTags { _ = tagNames.insert(Array(tag.utf8).span) }
    groupSlot = tagNames.insert(Array("group".utf8).span)
    setupGroup = values.insert(Array("::setup".utf8).span)
    teardownGroup = values.insert(Array("::teardown".utf8).span)
    series = SeriesTable(width: reportTags.count + 1)
  }

  /// Before the start: which selectors the gate asks for, with the limits of their percentile thresholds.
  mutating func select(_ selectors: [(selector: MetricSelector, limits: [Double])]) {
    self.selectors = selectors
    for (selector, _) in selectors {
      for (tag, value) in selector.tags {
        _ = tagNames.insert(Array(tag.utf8).span)
        _ = values.insert(Array(value.utf8).span)
      }
    }
    for index in metrics.indices { attachSubmetrics(index) }
  }

  /// Samples from before this instant count only if they are setup's.
  mutating func start(at instant: UTCInstant) { startedAt = instant }

  mutating func takeNewest() -> UTCInstant? {
    defer { newest = nil }
    return newest
  }

  /// One line of the stream, without its newline. Never fails: what is malformed is counted and shown.
  mutating func ingest(_ text: Span<UInt8>) {
    health.lines += 1
    do {
      try line.read(text)
      switch line.kind {
      case .metric: try declare(text)
      case .point: try record(text)
      }
    } catch .infinite {
      noteInfinite(text)
    } catch {
      reject(text, error)
    }
  }

  /// Thresholds on this metric cannot be judged any more.
  private mutating func noteInfinite(_ text: Span<UInt8>) {
    guard let number = bytes(line.metric, text, { metricNames.find($0) }), let metric = metrics[number] else {
      reject(text, .undeclared)
      return
    }
    health.infinite += 1
    if !health.infiniteMetrics.contains(metric.name) { health.infiniteMetrics.append(metric.name) }
  }

  /// A line that was left out unread.
  mutating func rejectTooLong() {
    health.lines += 1
    let nothing: [UInt8] = []
    reject(nothing.span, .tooLong)
  }

  private mutating func reject(_ text: Span<UInt8>, _ error: LineError) {
    health.malformed += 1
    guard health.malformedExamples.count < 5 else { return }
    let shown = String(decoding: (0..<min(text.count, 120)).map { text[$0] }, as: UTF8.self)
    health.malformedExamples.append("\(error.sentence): \(shown)\(text.count > 120 ? "..." : "")")
  }

  /// What stood behind the last newline when the stream ended.
  mutating func finish(_ rest: [UInt8]) {
    guard !rest.isEmpty else { return }
    let before = health.malformed
    ingest(rest.span)
    health.endedInsideLine = health.malformed > before
  }

  private func bytes<R>(_ slice: TextSlice, _ text: Span<UInt8>, _ body: (Span<UInt8>) -> R) -> R {
    slice.isInScratch ? body(line.scratch.span.extracting(slice.range)) : body(text.extracting(slice.range))
  }

  private mutating func declare(_ text: Span<UInt8>) throws(LineError) {
    let name = line.metric.string(text, line.scratch)
    let number = metricNames.insert(Array(name.utf8).span)
    if number < metrics.count, let known = metrics[number] {
      guard known.type == line.metricType else { throw .redeclared }
      return
    }
    while metrics.count <= number { metrics.append(nil) }
    metrics[number] = Metric(
      name: name, type: line.metricType, contains: line.contains, isSummed: GaugeAggregate.isSummed(name))
    attachSubmetrics(number)
  }

  private mutating func attachSubmetrics(_ number: Int) {
    guard let metric = metrics[number], metric.submetrics.isEmpty else { return }
    metrics[number]?.submetrics = selectors.filter { $0.selector.metric == metric.name }.map { wanted in
      let tags = wanted.selector.tags.map { tag, value in
        (slot: tagNames.insert(Array(tag.utf8).span), value: values.insert(Array(value.utf8).span))
      }
      return Submetric(
        selector: wanted.selector, wanted: tags, place: aggregates.add(metric.type, limits: wanted.limits))
    }
  }

  private mutating func record(_ text: Span<UInt8>) throws(LineError) {
    let found = bytes(line.metric, text) { metricNames.find($0) }
    guard let number = found, let metric = metrics[number] else { throw .undeclared }
    findTagValues(text)
    let since = startedAt.map { line.time.nanoseconds(since: $0) }
    if since ?? -1 < 0, slotValues[groupSlot] != Int32(setupGroup) {
      health.beforeStart += 1
      return
    }
    health.points += 1
    noteLoad(metric)
    let place = seriesPlace(number, text)
    let time = line.time
    newest = max(newest ?? time, time)
    aggregates.record(line.value, at: time, since: max(since ?? 0, 0), isSummed: metric.isSummed, in: place)
    for submetric in metric.submetrics
    where submetric.wanted.allSatisfy({ slotValues[$0.slot] == Int32($0.value) }) {
      aggregates.record(
        line.value, at: time, since: max(since ?? 0, 0), isSummed: metric.isSummed, in: submetric.place)
    }
  }

  private mutating func noteLoad(_ metric: Metric) {
    let group = slotValues[groupSlot]
    guard !metric.isSummed, group != Int32(setupGroup), group != Int32(teardownGroup) else { return }
    loadPoints += 1
  }

  /// Fills `slotValues`: -1 for a tag that is not there, -2 for a value that is not known yet.
  private mutating func findTagValues(_ text: Span<UInt8>) {
    while slotValues.count < tagNames.count { slotValues.append(-1) }
    for slot in slotValues.indices { slotValues[slot] = -1 }
    for tag in line.tags {
      guard let slot = bytes(tag.key, text, { tagNames.find($0) }) else { continue }
      slotValues[slot] = bytes(tag.value, text) { values.find($0) }.map(Int32.init) ?? -2
    }
  }

  private mutating func seriesPlace(_ number: Int, _ text: Span<UInt8>) -> AggregateStore.Reference {
    key.removeAll(keepingCapacity: true)
    key.append(Int32(number))
    key.append(contentsOf: slotValues[..<reportTags.count])
    if !key.contains(-2), let known = series.find(key) { return seriesPlaces[known] }
    guard series.count < seriesCap else { return overflowPlace(number) }
    for tag in line.tags {
      guard let slot = bytes(tag.key, text, { tagNames.find($0) }), slot < reportTags.count else { continue }
      key[slot + 1] = Int32(values.insert(Array(tag.value.string(text, line.scratch).utf8).span))
    }
    _ = series.insert(key)
    seriesPlaces.append(aggregates.add(metrics[number]!.type))
    return seriesPlaces[seriesPlaces.count - 1]
  }

  private mutating func overflowPlace(_ number: Int) -> AggregateStore.Reference {
    health.overflowed += 1
    if let place = metrics[number]!.overflow { return place }
    let place = aggregates.add(metrics[number]!.type)
    metrics[number]!.overflow = place
    return place
  }

  // MARK: What was gathered

  /// The tag of the series that takes the samples for which there was no room.
  static let overflowTags = ["k6_grid": "overflow"]

  func seriesRecords() -> [SeriesRecord] {
    var records: [SeriesRecord] = []
    for (number, place) in seriesPlaces.enumerated() {
      let key = Array(series.key(number))
      guard let metric = metrics[Int(key[0])] else { continue }
      var tags: [String: String] = [:]
      for (tag, value) in zip(reportTags, key.dropFirst()) where value >= 0 {
        tags[tag] = values.string(Int(value))
      }
      records.append(
        SeriesRecord(
          metric: metric.name, contains: metric.contains, tags: tags, aggregate: aggregates[place],
          withCountsOverTime: metric.name == "http_reqs" || metric.name == "iterations"))
    }
    for metric in metrics.compactMap(\.self) {
      guard let place = metric.overflow else { continue }
      records.append(
        SeriesRecord(
          metric: metric.name, contains: metric.contains, tags: Self.overflowTags,
          aggregate: aggregates[place]))
    }
    return records
  }

  func submetricRecords() -> [ShardSummary.Submetric] {
    metrics.compactMap(\.self).flatMap { metric in
      metric.submetrics.map { submetric in
        ShardSummary.Submetric(
          selector: submetric.selector.text,
          series: SeriesRecord(
            metric: metric.name, contains: metric.contains, tags: submetric.selector.tags,
            aggregate: aggregates[submetric.place]))
      }
    }
  }

  /// All series of a metric together; `nil` when it was never declared.
  func total(_ name: String) -> Aggregate? {
    guard let number = metricNames.find(Array(name.utf8).span), let metric = metrics[number] else {
      return nil
    }
    var total = Aggregate(metric.type)
    for (index, place) in seriesPlaces.enumerated() where series.key(index).first == Int32(number) {
      _ = total.merge(aggregates[place])
    }
    if let place = metric.overflow { _ = total.merge(aggregates[place]) }
    return total
  }
}
