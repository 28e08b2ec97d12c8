/// k6's four kinds of metric. They decide which threshold methods exist and how shards merge.
package enum MetricType: String, Codable, Sendable, CaseIterable {
  case counter, gauge, rate, trend
}

/// What a metric's numbers stand for, in k6's words: milliseconds for `time`, bytes for `data`.
package enum MetricContains: String, Codable, Sendable {
  case `default`, time, data
}
