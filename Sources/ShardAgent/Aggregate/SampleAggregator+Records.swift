import Shared

/// What was gathered.
extension SampleAggregator {
  /// The tag of the series that takes the samples for which there was no room.
  static let overflowTags = ["k6_grid": "overflow"]

  func seriesRecords() -> [SeriesRecord] {
    var records: [SeriesRecord] = []
    for (number, place) in routes.seriesPlaces.enumerated() {
      let metric = metric(ofSeries: number)
      records.append(
        SeriesRecord(
          metric: metric.name, contains: metric.contains, tags: routes.tags(ofSeries: number),
          aggregate: routes.aggregates[place], withCountsOverTime: metric.isOverTime))
    }
    for metric in routes.metrics {
      guard let place = metric.overflow else { continue }
      records.append(
        SeriesRecord(
          metric: metric.name, contains: metric.contains, tags: Self.overflowTags,
          aggregate: routes.aggregates[place]))
    }
    return records
  }

  func submetricRecords() -> [ShardSummary.Submetric] {
    routes.metrics.flatMap { metric in
      metric.submetrics.map { submetric in
        ShardSummary.Submetric(
          selector: submetric.selector.text,
          series: SeriesRecord(
            metric: metric.name, contains: metric.contains, tags: submetric.selector.tags,
            aggregate: routes.aggregates[submetric.place]))
      }
    }
  }

  /// All series of a metric together; `nil` when it was never declared.
  func total(_ name: String) -> Aggregate? {
    guard let number = routes.metric(Array(name.utf8).span) else { return nil }
    var total = Aggregate(routes.metrics[number].type)
    for (index, place) in routes.seriesPlaces.enumerated()
    where routes.series.key(index).first == Int32(number) {
      _ = total.merge(routes.aggregates[place])
    }
    if let place = routes.metrics[number].overflow { _ = total.merge(routes.aggregates[place]) }
    return total
  }

  private func metric(ofSeries number: Int) -> SampleRoutes.Metric {
    routes.metrics[Int(routes.series.key(number).first!)]
  }
}
