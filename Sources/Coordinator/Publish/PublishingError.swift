/// Why the page could not be published: one sentence, with what to do.
struct PublishingError: Error, Equatable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }

  static func badPath(_ path: String) -> PublishingError {
    PublishingError(
      "the site's file '\(printable(path))' has no name that can be published: expected letters, digits and -_.=+ between slashes"
    )
  }
}

/// Seconds of which a random part is waited when somebody else was faster: grows, so that however many there are, they
/// come to take turns.
func longestPublishingWait(_ tries: Int) -> Double { min(10, 0.1 * Double(1 << min(max(0, tries), 10))) }
