import Shared

/// GitHub's REST API of one repository, as far as alerts need it.
///
/// A method takes up to ``usualPatience`` seconds, its retries included; after ``within(_:)`` all together do.
struct GitHubClient: Sendable {
  /// Seconds.
  static let usualPatience = 80.0

  let repository: String
  private(set) var exchange: GitHubExchange
  /// Is shown what would be written, which then is not; `nil`: it is. Reading goes on.
  let show: (@Sendable (String) -> Void)?
  /// Who we are, where somebody has said it.
  private let knownLogin: String?

  /// - Parameters:
  ///   - repository: `owner/name`.
  ///   - api: GITHUB_API_URL; a GitHub Enterprise Server's has a path, as `https://github.acme.example/api/v3`.
  init(
    repository: String, token: String, api: String, transport: any HTTPTransport, host: CoordinatorHost,
    login: String? = nil, show: (@Sendable (String) -> Void)? = nil
  ) throws(UsageError) {
    guard isRepositoryName(repository) else {
      throw UsageError(
        "the repository '\(repository)' is not understood: expected owner/name, as acme/checkout")
    }
    (self.repository, knownLogin, self.show) = (repository, login, show)
    exchange = GitHubExchange(
      address: try GitHubAddress(api), token: try GitHubToken(token), transport: transport, host: host)
  }

  /// The same client, whose calls from now on have this long together.
  func within(_ seconds: Double) -> GitHubClient {
    var client = self
    client.exchange.giveUpAt = exchange.host.now().advanced(bySeconds: seconds)
    return client
  }

  /// Who we are, by the login that our issues and comments have.
  func login() async throws -> String {
    if let knownLogin { return knownLogin }
    let call = GitHubCall.get("/user")
    do { return try await exchange.value(GitHubWire.User.self, call).login } catch let error as GitHubError {
      // The token of a workflow run is no user's.
      guard error.status == 403, !error.isRateLimit else { throw error }
      return "github-actions[bot]"
    }
  }
}
