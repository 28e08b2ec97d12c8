import Shared

/// Which run of which store somebody means.
struct RunReference: Sendable, Equatable {
  let location: StoreLocation
  /// `nil` for the one that is under way.
  let run: RunID?

  static let expected =
    "expected a run's folder, as out/2026-11-23, its address, as s3://bucket/suite/2026-11-23, or --store and --run"

  /// - Parameters:
  ///   - argument: a folder, an address, or with a store a run id alone.
  ///   - store: of `--store`, or the configuration's.
  ///   - absolute: makes a path of this machine absolute.
  /// - Returns: `nil` when nothing says which store.
  /// - Throws: ``UsageError``.
  init?(
    argument: String?, store: String?, run: String?, absolute: (String) -> String
  ) throws {
    let location = try store.map { text in
      do { return try StoreLocation(text) } catch { throw UsageError("\(error) (--store)") }
    }
    let named = try run.map { text in
      guard let run = RunID(text) else { throw UsageError("the run '\(text)' (--run) is no run id") }
      return run
    }
    guard let argument else {
      guard let location else {
        if named != nil { throw UsageError("--run needs a store: \(Self.expected)") }
        return nil
      }
      (self.location, self.run) = (location, named)
      return
    }
    guard named == nil else { throw UsageError("the run is named twice: '\(argument)' and --run") }
    if let location, !argument.contains("/"), let run = RunID(argument) {
      (self.location, self.run) = (location, run)
      return
    }
    let isAddress = argument.hasPrefix("s3://") || argument.hasPrefix("file://")
    let address = isAddress ? argument : "file://\(absolute(argument))"
    var parts = address.split(separator: "/", omittingEmptySubsequences: false)
    while parts.last == "" { parts.removeLast() }
    guard let last = parts.popLast(), let run = RunID(String(last)),
      let found = try? StoreLocation(parts.joined(separator: "/"))
    else { throw UsageError("'\(argument)' is no run: \(Self.expected)") }
    (self.location, self.run) = (found, run)
  }
}
