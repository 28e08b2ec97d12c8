/// Credentials that are renewed in time, by one fetch for all who wait.
package actor CredentialProvider {
  private let fetch: @Sendable () async throws -> AWSCredentials
  private let now: @Sendable () -> UTCInstant
  private var held: Held?
  private var fetching: Task<AWSCredentials, any Error>?

  /// - Parameter fetch: called again for every renewal.
  package init(
    now: @escaping @Sendable () -> UTCInstant, fetch: @escaping @Sendable () async throws -> AWSCredentials
  ) {
    (self.now, self.fetch) = (now, fetch)
  }

  package func credentials() async throws -> AWSCredentials {
    let time = now()
    guard let held, time < held.uselessAt else { return try await fetched() }
    if time < held.renewAt || fetching != nil { return held.credentials }
    // Tolerated: what is there is good for a while yet.
    do { return try await fetched() } catch is CancellationError { throw CancellationError() } catch {
      self.held?.renewAt = time.advanced(bySeconds: held.retrySeconds)
      return held.credentials
    }
  }

  /// After AWS refused those credentials as expired.
  /// - Returns: whether there are others now.
  func renew(_ refused: AWSCredentials) async throws -> Bool {
    if let held, held.credentials != refused { return true }
    return try await fetched() != refused
  }

  private func fetched() async throws -> AWSCredentials {
    let task = fetching ?? begin()
    return try await cancellable(task)
  }

  /// A task of its own: whoever is cancelled leaves the others their credentials.
  private func begin() -> Task<AWSCredentials, any Error> {
    let task = Task {
      defer { fetching = nil }
      let credentials = try await fetch()
      held = Held(credentials, fetchedAt: now())
      return credentials
    }
    fetching = task
    return task
  }

  /// Waits for the task, but not after the caller's own cancellation.
  private nonisolated func cancellable(_ task: Task<AWSCredentials, any Error>) async throws -> AWSCredentials
  {
    let (results, continuation) = AsyncThrowingStream<AWSCredentials, any Error>.makeStream()
    Task {
      do {
        continuation.yield(try await task.value)
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    for try await credentials in results { return credentials }
    throw CancellationError()
  }
}

/// Credentials, and when to renew them: from 15 minutes before their end on, as botocore does, or in the last quarter of a
/// shorter life. While that fails they are used until just before their end.
struct Held: Sendable {
  let credentials: AWSCredentials
  var renewAt: UTCInstant
  /// What is signed with them from here on may arrive too late.
  let uselessAt: UTCInstant
  /// Seconds from a renewal that failed to the next try.
  let retrySeconds: Double

  init(_ credentials: AWSCredentials, fetchedAt: UTCInstant) {
    self.credentials = credentials
    let never = UTCInstant(nanoseconds: .max)
    guard let end = credentials.expiresAt else {
      (renewAt, uselessAt, retrySeconds) = (never, never, 0)
      return
    }
    let life = end.seconds(since: fetchedAt)
    guard life > 0 else {
      // Fresh, and over by this machine's clock, which is then the one that is wrong: AWS will say.
      (renewAt, uselessAt, retrySeconds) = (fetchedAt.advanced(bySeconds: 60), never, 60)
      return
    }
    renewAt = end.advanced(bySeconds: -min(900, life / 4))
    uselessAt = end.advanced(bySeconds: -min(30, life / 20))
    retrySeconds = min(30, life / 60)
  }
}
