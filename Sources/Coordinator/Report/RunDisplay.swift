import Shared

/// Shows a run to the people who wait for it.
protocol RunDisplay: Sendable {
  func launched(_ plan: RunPlan)
  func ready(_ count: Int, of total: Int)
  /// Something that happens once, as a sentence.
  func note(_ sentence: String)
  func started(at instant: UTCInstant)
  /// Called about every second while the load runs; decides itself how often to show something.
  func progress(_ progress: GridProgress)
  /// The shards are gone, or are told to go.
  func ended()
}
