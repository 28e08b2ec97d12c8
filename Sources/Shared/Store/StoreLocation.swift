/// Where `GRID_STORE` points: a folder of this machine, `file:///folder`, or a bucket, `s3://bucket/prefix`.
package enum StoreLocation: Sendable, Equatable, CustomStringConvertible {
  case folder(String)
  /// The prefix is empty, or ends with `/`.
  case bucket(String, prefix: String)

  /// - Throws: ``BadStoreLocation`` with one sentence.
  package init(_ text: String) throws(BadStoreLocation) {
    let folder = text.dropFirst(7)
    if text.hasPrefix("file:///"), folder.contains(where: { $0 != "/" && $0 != "." }) {
      self = .folder(String(folder))
    } else if text.hasPrefix("s3://"), let bucket = Self.bucket(text.dropFirst(5)) {
      self = bucket
    } else {
      throw BadStoreLocation(text: text)
    }
  }

  private static func bucket(_ text: Substring) -> StoreLocation? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first, (3...63).contains(name.utf8.count),
      name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) })
    else { return nil }
    var prefix = parts.count > 1 ? parts[1] : ""
    while prefix.last == "/" { prefix.removeLast() }
    if prefix.isEmpty { return .bucket(String(name), prefix: "") }
    guard ObjectKey(String(prefix)) != nil else { return nil }
    return .bucket(String(name), prefix: "\(prefix)/")
  }

  /// Without a slash at its end.
  package var description: String {
    switch self {
    case .folder(let folder): "file://\(folder)"
    case .bucket(let name, let prefix): "s3://\(name)\(prefix.isEmpty ? "" : "/\(prefix.dropLast())")"
    }
  }

  var bucket: String? {
    guard case .bucket(let name, _) = self else { return nil }
    return name
  }

  /// Seconds from one look at an object to the next, for whoever waits for it: a look into a bucket costs money.
  package var pollSeconds: Double {
    switch self {
    case .folder: 0.1
    case .bucket: 1
    }
  }

  /// How a person names an object in it: a path, or an address.
  package func name(_ key: String) -> String {
    switch self {
    case .folder(let folder): "\(folder)/\(key)"
    case .bucket: "\(self)/\(key)"
    }
  }
}

package struct BadStoreLocation: Error, CustomStringConvertible {
  let text: String
  package var description: String {
    "the store '\(text)' is not understood: expected file:/// and an absolute folder, as file:///tmp/out, or s3://bucket/prefix"
  }
}
