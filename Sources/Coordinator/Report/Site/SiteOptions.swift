import Shared

/// What a page says that neither the history nor the stored runs know.
struct SiteOptions: Sendable, Equatable {
  /// Whose nights; `nil` for the newest run's.
  var suite: String?
  /// What is said here counts before what the newest run was planned with.
  var rules = TrendRules()
  /// Where the page will be found, ending with `/`; `nil` when nobody has said it.
  var url: String?
  /// Shown above all.
  var notice: String?
  /// `02:14 UTC`, for a page without nights.
  var firstRun: String?
  /// Whether a page says by itself that its newest night is old.
  var isStaleable = true
  /// Every night's page is made again, not only those that are new.
  var isWhole = false
  /// At most as many nights without a page get one, the newest of them; `nil` for all.
  var newPageLimit: Int?
}
