/// Where `GRID_STORE` points. For now a folder on this machine: `file:///folder`.
package struct StoreLocation: Sendable, Equatable, CustomStringConvertible {
  package let folder: String

  /// - Throws: ``BadStoreLocation`` with one sentence.
  package init(_ text: String) throws(BadStoreLocation) {
    let folder = text.dropFirst(7)
    guard text.hasPrefix("file:///"), folder.contains(where: { $0 != "/" && $0 != "." }) else {
      throw BadStoreLocation(text: text)
    }
    self.folder = String(folder)
  }

  package init(folder: String) { self.folder = folder }

  package var description: String { "file://\(folder)" }
}

package struct BadStoreLocation: Error, CustomStringConvertible {
  let text: String
  package var description: String {
    "the store '\(text)' is not understood: expected file:/// and an absolute folder, as file:///tmp/out"
  }
}
