import Shared

/// What the live metrics on stdout are to be like.
struct EMFOptions: Sendable, Equatable {
  /// Whether each shard has series of its own besides those of the suite.
  let isPerShard: Bool
  let namespace: String
  /// Seconds from one document to the next.
  let interval: Int
  /// CloudWatch's StorageResolution: 1 keeps seconds for three hours, 60 keeps minutes.
  let resolution: Int

  /// - Returns: `nil` when there are to be none.
  /// - Throws: ``UsageError``, also for what would not be used.
  init?(_ raw: RawShardOptions.EMF) throws(UsageError) {
    let words = ["off": false, "suite": false, "shard": true]
    guard let isPerShard = words[raw.series] else {
      throw UsageError("the EMF (--emf, GRID_EMF) is '\(raw.series)': expected off, suite or shard")
    }
    guard Self.isNamespace(raw.namespace) else {
      throw UsageError(
        "the EMF namespace (--emf-namespace, GRID_EMF_NAMESPACE) is '\(raw.namespace)': expected 1 to 255 ASCII characters, not beginning with : or AWS/"
      )
    }
    guard let interval = Int(raw.interval), (1...60).contains(interval) else {
      throw UsageError(
        "the EMF interval (--emf-interval, GRID_EMF_INTERVAL) is '\(raw.interval)': expected a whole number of seconds from 1 to 60"
      )
    }
    guard let resolution = ["1": 1, "60": 60][raw.resolution] else {
      throw UsageError(
        "the EMF resolution (--emf-resolution, GRID_EMF_RESOLUTION) is '\(raw.resolution)': expected 1 or 60")
    }
    if raw.series == "off" { return nil }
    (self.isPerShard, namespace, self.interval, self.resolution) = (
      isPerShard, raw.namespace, interval, resolution
    )
  }

  private static func isNamespace(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      && text.contains { $0 != " " } && !text.hasPrefix(":") && !text.hasPrefix("AWS/")
  }
}
