import Shared

/// What was gathered.
extension SampleAggregator {
  /// The tag of the series that takes the samples for which there was no room.
  static let overflowTags = ["k6_grid": "overflow"]

  func seriesRecords() -> [SeriesRecord] {
    var records = shownSeries().map {
      SeriesRecord(
        metric: redactor.redact($0.metric.name), contains: $0.metric.contains, tags: $0.tags,
        aggregate: $0.aggregate,
        withCountsOverTime: $0.metric.isOverTime)
    }
    for metric in routes.metrics {
      guard let place = metric.overflow else { continue }
      records.append(
        SeriesRecord(
          metric: redactor.redact(metric.name), contains: metric.contains, tags: Self.overflowTags,
          aggregate: routes.aggregates[place]))
    }
    return records
  }

  /// Series that are told apart by the way a secret is written in them are one.
  private func shownSeries() -> [(metric: SampleRoutes.Metric, tags: [String: String], aggregate: Aggregate)]
  {
    struct Name: Hashable {
      let metric: String
      let tags: [String: String]
    }
    var shown: [(metric: SampleRoutes.Metric, tags: [String: String], aggregate: Aggregate)] = []
    var numbers: [Name: Int] = [:]
    for (number, place) in routes.seriesPlaces.enumerated() {
      let metric = metric(ofSeries: number)
      let tags = shownTags(routes.tags(ofSeries: number))
      let name = Name(metric: metric.name, tags: tags)
      if let same = numbers[name] {
        _ = shown[same].aggregate.merge(routes.aggregates[place])
      } else {
        numbers[name] = shown.count
        shown.append((metric, tags, routes.aggregates[place]))
      }
    }
    return shown
  }

  private func shownTags(_ tags: [String: String]) -> [String: String] {
    redactor.isEmpty ? tags : tags.mapValues(redactor.redact)
  }

  /// A selector's text and tags as the gate knows them.
  func gateName(_ selector: MetricSelector) -> (text: String, tags: [String: String]) {
    guard let text = gateTexts[selector] else { return (selector.text, selector.tags) }
    return (text, shownTags(selector.tags))
  }

  func submetricRecords() -> [ShardSummary.Submetric] {
    routes.metrics.flatMap { metric in
      metric.submetrics.map { submetric in
        let name = gateName(submetric.selector)
        return ShardSummary.Submetric(
          selector: name.text,
          series: SeriesRecord(
            metric: metric.name, contains: metric.contains, tags: name.tags,
            aggregate: routes.aggregates[submetric.place]))
      }
    }
  }

  /// What k6's own summary would have: every metric, and of the submetrics those that had samples.
  func exportedMetrics(_ submetrics: [MetricSelector]) -> [(name: String, aggregate: Aggregate)] {
    var exported: [(name: String, aggregate: Aggregate)] = []
    for (number, metric) in routes.metrics.enumerated() {
      guard var total = total(metric.name, overTime: false) else { continue }
      if let idle = idleGauges[number], case .gauge(var gauge) = total {
        gauge.min = [gauge.min, idle.min].compactMap(\.self).min()
        gauge.max = [gauge.max, idle.max].compactMap(\.self).max()
        gauge.last = [gauge.last, idle.last].compactMap(\.self).max { $0.at < $1.at }
        gauge.count += idle.count
        total = .gauge(gauge)
      }
      exported.append((metric.name, total))
      exported += metric.submetrics.filter { submetrics.contains($0.selector) }.map {
        ($0.selector.text, routes.aggregates[$0.place])
      }
    }
    return exported.filter { $0.aggregate.count > 0 }
  }

  /// All series of a metric together; `nil` when it was never declared.
  /// - Parameter overTime: whether a counter's sums over time are wanted too: there are ten a second and series.
  func total(_ name: String, overTime: Bool = true) -> Aggregate? {
    guard let number = routes.metric(Array(name.utf8).span) else { return nil }
    var total = Aggregate(routes.metrics[number].type)
    for place in places(ofMetric: number) { _ = total.merge(aggregate(place, overTime: overTime)) }
    return total
  }

  /// A counter's sum in each of some seconds since the start, over all its series.
  func sums(_ name: String, inSeconds seconds: Range<Int>) -> [Double] {
    var sums = [Double](repeating: 0, count: seconds.count)
    guard let number = routes.metric(Array(name.utf8).span) else { return sums }
    for place in places(ofMetric: number) {
      guard case .counter(let counter) = routes.aggregates[place] else { continue }
      for (index, second) in seconds.enumerated() {
        let tenths = second * CountsOverTime.perSecond..<(second + 1) * CountsOverTime.perSecond
        sums[index] += counter.overTime.sum(tenths)
      }
    }
    return sums
  }

  private func places(ofMetric number: Int) -> [AggregateStore.Reference] {
    let series = routes.seriesPlaces.enumerated().filter {
      routes.series.key($0.offset).first == Int32(number)
    }
    return series.map(\.element) + [routes.metrics[number].overflow].compactMap(\.self)
  }

  private func aggregate(_ place: AggregateStore.Reference, overTime: Bool) -> Aggregate {
    guard !overTime, case .counter(var counter) = routes.aggregates[place] else {
      return routes.aggregates[place]
    }
    counter.overTime = CountsOverTime()
    return .counter(counter)
  }

  private func metric(ofSeries number: Int) -> SampleRoutes.Metric {
    routes.metrics[Int(routes.series.key(number).first!)]
  }
}
