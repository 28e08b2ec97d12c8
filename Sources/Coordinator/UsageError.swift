/// Wrong usage: one sentence, exit code 64, nothing started.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
