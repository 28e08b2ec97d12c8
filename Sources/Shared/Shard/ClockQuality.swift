/// How well a shard's clock is known to be right.
package struct ClockQuality: Sendable, Codable, Equatable {
  package enum Source: String, Sendable, Codable {
    /// The task's metadata, as the machine under it says.
    case task
    /// The `Date` of the store's answers.
    case store
  }

  package let source: Source
  /// By how much the clock is ahead, in milliseconds; `nil` where only a bound is known.
  package let offset: Double?
  /// How far that may be from the truth, in milliseconds.
  package let errorBound: Double

  package init(source: Source, offset: Double?, errorBound: Double) {
    (self.source, self.offset, self.errorBound) = (source, offset, errorBound)
  }

  /// The most by which shards may start apart without a word.
  package static let mostOffset = 1000.0

  private enum CodingKeys: String, CodingKey {
    case source
    case offset = "offset_ms"
    case errorBound = "error_bound_ms"
  }
}
