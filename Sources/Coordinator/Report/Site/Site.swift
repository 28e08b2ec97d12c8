/// The published page: its files, by their paths from its root.
struct Site: Sendable, Equatable {
  struct File: Sendable, Equatable {
    /// As `night/2026-11-22/index.html`.
    let path: String
    let bytes: [UInt8]

    init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
    init(_ path: String, _ text: String) { self.init(path, Array(text.utf8)) }
  }

  /// In the order in which they may become visible: what a file leads to stands before it, the index last.
  var files: [File]
}
