import Shared

/// Where the script is before the run.
enum ScriptOrigin: Sendable, Equatable {
  /// On this machine: run in place by shards of this machine, sent with the run to others.
  case file(String)
  /// A path in the image of the tasks: `image:///scripts/load.js`.
  case image(String)
  /// `s3://bucket/key`, from where every shard fetches it.
  case bucket(String)

  /// - Throws: ``UsageError``.
  init(_ text: String) throws {
    if text.hasPrefix("image://") {
      let path = String(text.dropFirst(8))
      guard path.hasPrefix("/"), path.last != "/" else {
        throw UsageError(
          "the script '\(text)' is no path in the image: expected image:// and an absolute path, as image:///scripts/load.js"
        )
      }
      self = .image(path)
    } else if text.hasPrefix("s3://") {
      let parts = text.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, (try? StoreLocation("s3://\(parts[0])")) != nil,
        ObjectKey(String(parts[1])) != nil
      else {
        throw UsageError(
          "the script '\(text)' is no object of a bucket: expected s3://bucket/key, the key of letters, digits, / and -_.=+"
        )
      }
      self = .bucket(text)
    } else {
      // A path, not an option, whatever it begins with.
      self = .file(text.hasPrefix("-") ? "./\(text)" : text)
    }
  }

  /// As an agent takes it.
  var text: String {
    switch self {
    case .file(let text), .image(let text), .bucket(let text): text
    }
  }
}
