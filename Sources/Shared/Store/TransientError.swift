/// Whether the same call may go well a little later: whoever waits anyway goes on waiting. A refusal, as a 403, will not.
package func isTransient(_ error: any Error) -> Bool {
  (error as? AWSError)?.isTransient ?? (error as? CredentialError)?.isTransient ?? (error is HTTPFailure)
}
