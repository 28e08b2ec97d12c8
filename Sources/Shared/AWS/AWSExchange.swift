/// Sends a call until it succeeds, is refused, or the patience is at its end. Every attempt is signed anew.
struct AWSExchange: Sendable {
  let transport: any HTTPTransport
  let host: AWSHost
  let patience: AWSPatience
  /// In the credential scope.
  let region: AWSRegion
  let memory = AWSMemory()

  /// - Parameter credentials: `nil` for a call that is not signed.
  /// - Parameter accepting: further statuses that are no failure.
  /// - Returns: an answer with a status below 300, or one of these.
  /// - Throws: ``AWSError``; what `credentials` throws; `CancellationError`.
  func send(_ call: AWSCall, credentials: CredentialProvider?, accepting: [Int] = []) async throws
    -> HTTPResponse
  {
    let begun = host.uptime()
    var state = RetryState()
    while true {
      try Task.checkCancellation()
      let used = try await credentials?.credentials()
      state.beginAttempt()
      let attempt = try await attempt(call, used)
      if attempt.isInDoubt { state.noteDoubt() }
      if let response = attempt.response, response.status < 300 || accepting.contains(response.status) {
        memory.success(retries: state.attempts - 1)
        return response
      }
      let step = state.step(
        after: attempt.kind, elapsed: host.uptime() - begun, random: host.random(), patience: patience,
        hasTokens: memory.takeRetry)
      switch step {
      case .retry(let delay): try await host.sleep(delay)
      case .renewCredentials:
        guard let credentials, let used, try await credentials.renew(used) else {
          throw attempt.error(call, state)
        }
      case .correctClock:
        guard memory.correctClock() else { throw attempt.error(call, state) }
      case .stop: throw attempt.error(call, state)
      }
    }
  }

  private func attempt(_ call: AWSCall, _ credentials: AWSCredentials?) async throws -> Attempt {
    let sent = host.now()
    var request = call.request
    if let credentials {
      let signer = SigV4Signer(
        credentials: credentials, region: call.service.signingRegion(region),
        service: call.service.signingName)
      request = signer.signed(request, at: sent.advanced(bySeconds: memory.correction))
    }
    do {
      let response = try await transport.send(request)
      memory.note(date: response.header("date"), sent: sent, received: host.now())
      return Attempt(call.service, response)
    } catch let failure as HTTPFailure {
      return Attempt(failure: failure)
    }
  }
}

/// How one attempt ended.
private struct Attempt {
  let response: HTTPResponse?
  let kind: RetryTable.Kind
  /// AWS may have carried it out although it is no success.
  let isInDoubt: Bool
  private let answer: AWSErrorAnswer?
  private let failure: HTTPFailure?

  init(_ service: AWSService, _ response: HTTPResponse) {
    let answer = AWSErrorAnswer(response)
    (self.response, self.answer, failure) = (response, answer, nil)
    kind = RetryTable.kind(service, status: response.status, code: answer.code, message: answer.message)
    isInDoubt = response.status >= 500
  }

  init(failure: HTTPFailure) {
    (response, answer, self.failure) = (nil, nil, failure)
    (kind, isInDoubt) = (failure.isFinal ? .final : .transient, failure.mayHaveBeenSent)
  }

  func error(_ call: AWSCall, _ state: RetryState) -> AWSError {
    AWSError(
      call: call.name, subject: call.subject,
      code: answer?.code ?? (kind == .final ? "UnusableAnswer" : nil),
      message: failure?.description ?? answer?.message ?? "", status: response?.status,
      requestID: answer?.requestID, attempts: state.attempts,
      mayHaveBeenCarriedOut: state.mayHaveBeenCarriedOut, bucketRegion: answer?.bucketRegion)
  }
}
