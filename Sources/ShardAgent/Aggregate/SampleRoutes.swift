import Shared

/// Where samples go: each to the series of its metric and report tags, and to every submetric whose selector matches.
///
/// Tags come first: ``tagSet(_:_:)`` makes a number of the values that somebody asks for. From that number and the
/// metric's the route is looked up once, and remembered.
struct SampleRoutes {
  struct Metric {
    let name: String
    let type: MetricType
    let contains: MetricContains
    /// A gauge that is summed over the shards: `vus`, `vus_max`.
    let isSummed: Bool
    /// A counter that the reports want over time.
    let isOverTime: Bool
    /// Its samples say which groups and checks there are.
    fileprivate let isOfTree: Bool
    fileprivate(set) var submetrics: [Submetric] = []
    fileprivate(set) var overflow: AggregateStore.Reference?
  }

  struct Submetric {
    let selector: MetricSelector
    /// Which value each tag slot must have.
    fileprivate let wanted: [(slot: Int, value: Int32)]
    let place: AggregateStore.Reference
  }

  struct Route {
    let series: AggregateStore.Reference
    /// There was no room for a series of its own.
    let isOverflow: Bool
    /// Only VUs at their work can have made such a sample: it is not setup's or teardown's, nor the count of the VUs.
    let isLoad: Bool
    /// And the check's, if those are counted.
    let submetrics: Range<Int>
  }

  /// Tags with a value that is not numbered, for want of room: their routes are not remembered.
  static let unlisted = -1
  private static let mostSets = 4096
  /// Of sets and metrics together.
  private static let mostRoutes = 1 << 20
  private static let absent: Int32 = -1
  private static let unknown: Int32 = -2

  let reportTags: [String]
  private let seriesCap: Int
  private var selectors: [(selector: MetricSelector, limits: [Double])] = []
  private var metricNames = ByteTable()
  private(set) var metrics: [Metric] = []

  /// Tags that somebody asks for: the report's first, then the selectors'.
  private var tagNames = ByteTable()
  private var values = ByteTable()
  private let groupSlot, checkSlot: Int
  private let setupGroup, teardownGroup: Int32
  /// The tags looked at last: the number of each slot's value, or ``absent``, or ``unknown``.
  private var slotValues: [Int32] = []
  private var sets: SeriesTable
  private var setGroups: [Int32] = []

  private(set) var series: SeriesTable
  private(set) var seriesPlaces: [AggregateStore.Reference] = []
  private var key: [Int32] = []
  var aggregates = AggregateStore()
  /// `nil` where k6 itself counts groups and checks.
  private(set) var tree: CheckTree?

  private var routes: [Route] = []
  private(set) var submetricPlaces: [AggregateStore.Reference] = []
  /// By set and metric: the route's number, or -1.
  private var routeNumbers: [Int32] = []
  private var routesPerSet = 32

  init(reportTags: [String], seriesCap: Int, countsChecks: Bool = false) {
    (self.reportTags, self.seriesCap) = (reportTags, seriesCap)
    for tag in reportTags { _ = tagNames.insert(Array(tag.utf8).span) }
    groupSlot = tagNames.insert(Array("group".utf8).span)
    checkSlot = countsChecks ? tagNames.insert(Array("check".utf8).span) : groupSlot
    tree = countsChecks ? CheckTree() : nil
    setupGroup = Int32(values.insert(Array("::setup".utf8).span))
    teardownGroup = Int32(values.insert(Array("::teardown".utf8).span))
    sets = SeriesTable(width: tagNames.count)
    slotValues = [Int32](repeating: Self.absent, count: tagNames.count)
    series = SeriesTable(width: reportTags.count + 1)
  }

  /// Which selectors the gate asks for, with the limits of their percentile thresholds. Sets numbered before are void.
  mutating func select(_ selectors: [(selector: MetricSelector, limits: [Double])]) {
    self.selectors = selectors
    for (tag, value) in selectors.flatMap(\.selector.tags) {
      _ = tagNames.insert(Array(tag.utf8).span)
      _ = values.insert(Array(value.utf8).span)
    }
    for number in metrics.indices { attachSubmetrics(number) }
    (sets, setGroups) = (SeriesTable(width: tagNames.count), [])
    slotValues = [Int32](repeating: Self.absent, count: tagNames.count)
    forgetRoutes()
  }

  private mutating func forgetRoutes() {
    (routes, submetricPlaces) = ([], [])
    routeNumbers = [Int32](repeating: -1, count: setGroups.count * routesPerSet)
  }

  // MARK: Metrics

  /// - Returns: the number of a declared metric.
  func metric(_ name: Span<UInt8>) -> Int? { metricNames.find(name) }

  /// - Returns: whether it is new. Numbers come in order, from 0.
  mutating func declare(
    _ name: Span<UInt8>, _ type: MetricType, _ contains: MetricContains
  ) throws(LineError) -> Bool {
    let number = metricNames.insert(name)
    guard number == metrics.count else {
      guard metrics[number].type == type else { throw .redeclared }
      return false
    }
    let text = metricNames.string(number)
    metrics.append(
      Metric(
        name: text, type: type, contains: contains, isSummed: GaugeAggregate.isSummed(text),
        isOverTime: text == "http_reqs" || text == "iterations",
        isOfTree: tree != nil && (text == "checks" || text == "group_duration")))
    attachSubmetrics(number)
    if metrics.count > routesPerSet {
      routesPerSet *= 2
      forgetRoutes()
    }
    return true
  }

  private mutating func attachSubmetrics(_ number: Int) {
    let metric = metrics[number]
    guard metric.submetrics.isEmpty else { return }
    metrics[number].submetrics = selectors.filter { $0.selector.metric == metric.name }.map { wanted in
      let tags = wanted.selector.tags.map { tag, value in
        (
          slot: tagNames.insert(Array(tag.utf8).span),
          value: Int32(values.insert(Array(value.utf8).span))
        )
      }
      return Submetric(
        selector: wanted.selector, wanted: tags,
        place: aggregates.add(
          metric.type, limits: wanted.limits, isOverTime: true, isSummed: metric.isSummed))
    }
  }

  // MARK: Tags

  /// The number of what these tags say to those who ask; ``unlisted`` when it has none.
  mutating func tagSet(_ line: StreamLine, _ text: Span<UInt8>) -> Int {
    for slot in slotValues.indices { slotValues[slot] = Self.absent }
    for tag in line.tags {
      let key = tag.key
      let slot =
        key.isInScratch ? tagNames.find(line.scratch.span, in: key.range) : tagNames.find(text, in: key.range)
      guard let slot else { continue }
      let value = tag.value
      slotValues[slot] =
        value.isInScratch ? number(line.scratch.span, value.range, slot) : number(text, value.range, slot)
    }
    if let known = sets.find(slotValues) { return known }
    guard sets.count < Self.mostSets, sets.count * routesPerSet < Self.mostRoutes,
      !slotValues[..<reportTags.count].contains(Self.unknown)
    else {
      return Self.unlisted
    }
    setGroups.append(slotValues[groupSlot])
    routeNumbers.append(contentsOf: repeatElement(-1, count: routesPerSet))
    return sets.insert(slotValues)
  }

  /// New values of report tags are numbered while there is room for new series; a group's and a check's while there is
  /// room for them.
  private mutating func number(_ text: Span<UInt8>, _ range: Range<Int>, _ slot: Int) -> Int32 {
    if let known = values.find(text, in: range) { return Int32(known) }
    let isOfTree = (slot == groupSlot || slot == checkSlot) && tree?.admitsValue(range.count) == true
    guard isOfTree || slot < reportTags.count && series.count < seriesCap else { return Self.unknown }
    return Int32(values.insert(text.extracting(range)))
  }

  // MARK: Routes

  /// - Parameter set: the number of the tags looked at last, or any that is listed.
  @inline(__always) mutating func route(_ metric: Int, _ set: Int) -> Route {
    guard set != Self.unlisted else { return newRoute(metric, slotValues) }
    let place = set * routesPerSet + metric
    if routeNumbers[place] >= 0 { return routes[Int(routeNumbers[place])] }
    let route = newRoute(metric, Array(sets.key(set)))
    routeNumbers[place] = Int32(routes.count)
    routes.append(route)
    return route
  }

  private mutating func newRoute(_ metric: Int, _ slotValues: [Int32]) -> Route {
    // An unlisted route's places are in use only until the next one.
    submetricPlaces.removeSubrange((routes.last?.submetrics.upperBound ?? 0)...)
    let first = submetricPlaces.count
    for submetric in metrics[metric].submetrics
    where submetric.wanted.allSatisfy({ slotValues[$0.slot] == $0.value }) {
      submetricPlaces.append(submetric.place)
    }
    if metrics[metric].isOfTree, let place = treePlace(metric, slotValues) { submetricPlaces.append(place) }
    let (place, isOverflow) = seriesPlace(metric, slotValues)
    let group = slotValues[groupSlot]
    return Route(
      series: place, isOverflow: isOverflow,
      isLoad: group != setupGroup && group != teardownGroup && !metrics[metric].isSummed,
      submetrics: first..<submetricPlaces.count)
  }

  private mutating func treePlace(_ metric: Int, _ slotValues: [Int32]) -> AggregateStore.Reference? {
    let check = metrics[metric].type == .rate ? slotValues[checkSlot] : Self.absent
    return tree?.place(group: slotValues[groupSlot], check: check, values: values, &aggregates)
  }

  var checks: [CheckTree.Check] { tree?.checks(values, aggregates) ?? [] }

  private mutating func seriesPlace(
    _ number: Int, _ slotValues: [Int32]
  ) -> (place: AggregateStore.Reference, isOverflow: Bool) {
    key.removeAll(keepingCapacity: true)
    key.append(Int32(number))
    key.append(contentsOf: slotValues[..<reportTags.count])
    if let known = series.find(key) { return (seriesPlaces[known], false) }
    let metric = metrics[number]
    guard series.count < seriesCap, !key.contains(Self.unknown) else {
      let place =
        metric.overflow ?? aggregates.add(metric.type, isOverTime: true, isSummed: metric.isSummed)
      metrics[number].overflow = place
      return (place, true)
    }
    _ = series.insert(key)
    seriesPlaces.append(aggregates.add(metric.type, isOverTime: metric.isOverTime, isSummed: metric.isSummed))
    return (seriesPlaces[seriesPlaces.count - 1], false)
  }

  /// The report tags of a series, those left out that its samples did not have.
  func tags(ofSeries number: Int) -> [String: String] {
    var tags: [String: String] = [:]
    for (tag, value) in zip(reportTags, series.key(number).dropFirst()) where value >= 0 {
      tags[tag] = values.string(Int(value))
    }
    return tags
  }
}
