import Shared

/// Shows a run to the people who wait for it.
protocol RunDisplay: Sendable {
  func launched(_ plan: RunPlan)
  func ready(_ count: Int, of total: Int)
  /// Something that happens once, as a sentence.
  func note(_ sentence: String)
  func started(at instant: UTCInstant)
  /// Called often; decides itself how often to show something.
  func progress(_ plan: RunPlan, planned: Double?, store: any ObjectStore) async
}
