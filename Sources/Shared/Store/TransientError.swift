/// Whether the same call may go well a little later: whoever waits anyway goes on waiting. A refusal, as a 403, will not.
package func isTransient(_ error: any Error) -> Bool {
  if let error = error as? AWSError { return error.status.map { $0 >= 500 || $0 == 429 } ?? true }
  return error is HTTPFailure
}
