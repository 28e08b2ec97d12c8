/// A file of the script that came with the run: its bytes lie at ``RunKeys/scriptFile(_:)``.
package struct ScriptFile: Sendable, Codable, Equatable {
  /// From the folder that was packed, as `lib/session.js`; the parts of an ``ObjectKey``.
  package let path: String
  /// The SHA-256 of its bytes in hexadecimal.
  package let digest: String

  /// - Returns: `nil` for a path that a key cannot have.
  package init?(path: String, digest: String) {
    guard ObjectKey(path) != nil else { return nil }
    (self.path, self.digest) = (path, digest)
  }

  /// - Throws: `DecodingError`, also for a path that could lead out of the folder.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    path = try container.decode(String.self, forKey: .path)
    digest = try container.decode(String.self, forKey: .digest)
    guard ObjectKey(path) != nil else {
      throw DecodingError.dataCorruptedError(
        forKey: .path, in: container,
        debugDescription: "expected a path of letters, digits and -_.=+, without . and ..")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case path
    case digest = "sha256"
  }
}
