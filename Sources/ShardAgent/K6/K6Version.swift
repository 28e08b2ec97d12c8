/// A version of k6's, as far as its options differ: `1.1.0` is 1.1, and so is `v1.1.0-rc1+dirty`.
struct K6Version: Sendable, Comparable {
  let major: Int
  let minor: Int

  init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

  /// What cannot be read is a build of somebody's own, taken for newer than any.
  init(_ text: String) {
    let parts = text.drop { $0 == "v" }.split(separator: ".", maxSplits: 2).map { part in
      Int(part.prefix { $0.isASCII && $0.isNumber })
    }
    guard parts.count >= 2, let major = parts[0], let minor = parts[1] else {
      self.init(Int.max, 0)
      return
    }
    self.init(major, minor)
  }

  static func < (left: K6Version, right: K6Version) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// The option by which this k6 makes no summary: `disabled` came with 1.3, and 2.0 took `--no-summary` away.
  var withoutSummary: String { self < K6Version(1, 3) ? "--no-summary" : "--summary-mode=disabled" }

  /// `--secret-source` came with 0.58, which is 1.0's first candidate.
  var hasSecretSources: Bool { self >= K6Version(0, 58) }

  /// Before 2.2 k6 says 0 for the largest value of a gauge that was never above it.
  var hasGaugesMaximumAtLeastZero: Bool { self < K6Version(2, 2) }
}
