/// Whether the same call may go well a little later: whoever waits anyway goes on waiting. A refusal, as a 403, will not.
package func isTransient(_ error: any Error) -> Bool {
  switch error {
  case let error as AWSError: error.isTransient
  case let error as CredentialError: error.isTransient
  case let error as HTTPFailure: !error.isFinal
  default: false
  }
}
