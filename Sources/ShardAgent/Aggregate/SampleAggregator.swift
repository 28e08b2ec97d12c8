import Shared

/// From k6's stream to aggregates. The usual line has a short way of its own; all that is not usual, and all that is
/// wrong, goes through the strict reader.
struct SampleAggregator {
  /// The tags by which reports tell series apart.
  static let usualReportTags = [
    "scenario", "group", "name", "method", "status", "expected_response", "check",
  ]

  private(set) var health = StreamHealth()
  /// Samples that only VUs at their work can have made: not setup's or teardown's, nor the counts of the VUs.
  private(set) var loadPoints: UInt64 = 0
  private(set) var routes: SampleRoutes
  /// `vus` and `vus_max` while k6 was paused or lingered, by the metric's number, where checks are counted too: k6's
  /// own summary has both.
  private(set) var idleGauges: [Int: GaugeAggregate] = [:]
  /// The latest time of a sample since ``takeNewest()``, in nanoseconds since 1970.
  private var newest = Int64.min
  private var start = Start.notYet
  private var endOfLoad: UTCInstant?

  private enum Start {
    case notYet
    case at(UTCInstant)
    case withFirstSample(UTCInstant?)
  }

  /// What is kept is as k6 wrote it: tags are told apart by it. What is shown is without secrets.
  let redactor: Redactor
  /// How the gate writes a selector, where that is not how its samples have it: a secret is in it.
  private(set) var gateTexts: [MetricSelector: String] = [:]

  private var line = StreamLine()
  private var usual = UsualLine()

  /// - Parameter remembersTags: not without need: to compare with.
  /// - Parameter countsChecks: by group and name, for a summary in k6's words.
  init(
    reportTags: [String] = usualReportTags, seriesCap: Int = 500, remembersTags: Bool = true,
    countsChecks: Bool = false, redactor: Redactor = Redactor()
  ) {
    self.redactor = redactor
    line.blocks.hasMemory = remembersTags
    routes = SampleRoutes(reportTags: reportTags, seriesCap: seriesCap, countsChecks: countsChecks)
  }

  /// Before the start: which selectors the gate asks for, with the limits of their percentile thresholds.
  /// - Parameter gateTexts: of selectors that have a secret in them.
  mutating func select(
    _ selectors: [(selector: MetricSelector, limits: [Double])], gateTexts: [MetricSelector: String] = [:]
  ) {
    routes.select(selectors)
    self.gateTexts = gateTexts
    line.blocks.removeAll()
  }

  /// A paused k6 counts its VUs, which are at no work, and may run setup(), which counts.
  mutating func start(at instant: UTCInstant) { start = .at(instant) }

  /// The load is over: a k6 that waits for its teardown still counts its VUs, which are none.
  mutating func end(at instant: UTCInstant) { endOfLoad = instant }

  var isLoadOver: Bool { endOfLoad != nil }

  /// Of a recorded stream: all samples count, and time runs from the first.
  mutating func startWithFirstSample() { start = .withFirstSample(nil) }

  /// - Returns: the latest time of a sample since this was asked last; `nil` when there was none.
  mutating func takeNewest() -> UTCInstant? {
    defer { newest = .min }
    return newest == .min ? nil : UTCInstant(nanoseconds: newest)
  }

  // MARK: The usual line

  /// - Returns: where the next line begins; `nil`, and nothing is done, when this one is not the usual one.
  mutating func ingestUsual(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard let tags = usual.read(text, from: start), let end = readTags(text, tags), isLineEnd(text, end)
    else { return nil }
    health.lines += 1
    count(
      usual.value, at: UTCInstant(nanoseconds: usual.nanoseconds), metric: usual.metric, set: line.blocks.set)
    return end + 3
  }

  /// Finds the tags among those seen before, or reads them; then they are the current block.
  /// - Returns: where they end; `nil` when they are not all there, or too long to be remembered.
  private mutating func readTags(_ text: Span<UInt8>, _ start: Int) -> Int? {
    if let end = line.blocks.endOfSame(text, from: start) { return end }
    guard let newline = text.firstIndex(of: 10, from: start),
      newline - start > 3, newline - start < TagBlocks.longest
    else { return nil }
    let end = newline - 2
    guard isLineEnd(text, end) else { return nil }
    if line.blocks.find(text, start..<end), line.blocks.set != SampleRoutes.unlisted { return end }
    var at = start
    guard (try? line.readTags(text, at: &at)) != nil, at == end else { return nil }
    line.blocks.insert(text, start..<end, set: routes.tagSet(line, text))
    return end
  }

  /// Behind the tags.
  @inline(__always) private func isLineEnd(_ text: Span<UInt8>, _ at: Int) -> Bool {
    at + 3 <= text.count && text[at] == 125 && text[at + 1] == 125 && text[at + 2] == 10
  }

  // MARK: Any line

  /// One line of the stream, without its newline. Never fails: what is malformed is counted and shown.
  mutating func ingest(_ text: Span<UInt8>) {
    health.lines += 1
    do throws(LineError) {
      try line.read(text)
      switch line.kind {
      case .metric: try declare(text)
      case .point:
        guard let metric = line.bytes(line.metric, text, { routes.metric($0) }) else {
          throw LineError.undeclared
        }
        count(line.value, at: line.time, metric: metric, set: tagSet(text))
      }
    } catch .infinite {
      noteInfinite(text)
    } catch {
      reject(text, error)
    }
  }

  /// The set of the tags of the line just read.
  private mutating func tagSet(_ text: Span<UInt8>) -> Int {
    if line.hasKnownTags || line.blocks.find(text, line.tagBytes), line.blocks.set != SampleRoutes.unlisted {
      return line.blocks.set
    }
    // The tags looked at last are those of the current block.
    if line.hasKnownTags { return SampleRoutes.unlisted }
    let set = routes.tagSet(line, text)
    line.blocks.insert(text, line.tagBytes, set: set)
    return set
  }

  private mutating func declare(_ text: Span<UInt8>) throws(LineError) {
    let name = line.string(line.metric, text)
    let bytes = Array(name.utf8)
    if try routes.declare(bytes.span, line.metricType, line.contains) {
      usual.learn(bytes.span, metric: routes.metrics.count - 1)
    }
  }

  /// Thresholds on this metric cannot be judged any more.
  private mutating func noteInfinite(_ text: Span<UInt8>) {
    guard let number = line.bytes(line.metric, text, { routes.metric($0) }) else {
      reject(text, .undeclared)
      return
    }
    let name = routes.metrics[number].name
    health.infinite += 1
    if !health.infiniteMetrics.contains(name) { health.infiniteMetrics.append(name) }
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
    let shown = redactor.redact(
      String(decoding: (0..<min(text.count, 2000)).map { text[$0] }, as: UTF8.self))
    health.malformedExamples.append(
      "\(error.sentence): \(shown.prefix(120))\(text.count > 120 ? "..." : "")")
  }

  /// What stood behind the last newline when the stream ended.
  mutating func finish(_ rest: [UInt8]) {
    if !rest.isEmpty {
      let before = health.malformed
      ingest(rest.span)
      health.endedInsideLine = health.malformed > before
    }
    health.checksLeftOut = routes.tree?.leftOutSamples(routes.aggregates)
  }

  // MARK: A sample

  @inline(__always) private mutating func count(_ value: Double, at time: UTCInstant, metric: Int, set: Int) {
    let since = nanosecondsSinceStart(time)
    let route = routes.route(metric, set)
    if !route.isLoad, isIdle(since, time), routes.metrics[metric].isSummed {
      noteIdle(value, at: time, isEarly: since < 0, metric: metric)
      return
    }
    health.points += 1
    newest = max(newest, time.nanoseconds)
    if route.isLoad { loadPoints += 1 }
    if route.isOverflow { health.overflowed += 1 }
    routes.aggregates.record(value, at: time, since: since, in: route.series)
    for index in route.submetrics {
      routes.aggregates.record(value, at: time, since: since, in: routes.submetricPlaces[index])
    }
  }

  /// Before the start, or behind the load.
  private func isIdle(_ since: Int64, _ time: UTCInstant) -> Bool {
    since < 0 || endOfLoad.map { time > $0 } ?? false
  }

  private mutating func noteIdle(_ value: Double, at time: UTCInstant, isEarly: Bool, metric: Int) {
    if isEarly { health.beforeStart += 1 }
    if routes.tree != nil { idleGauges[metric, default: GaugeAggregate()].record(value, at: time) }
  }

  /// Negative before the start.
  private mutating func nanosecondsSinceStart(_ time: UTCInstant) -> Int64 {
    switch start {
    case .notYet: return -1
    case .at(let instant): return time.nanoseconds(since: instant)
    case .withFirstSample(let first):
      if first == nil { start = .withFirstSample(time) }
      return max(0, time.nanoseconds(since: first ?? time))
    }
  }
}
