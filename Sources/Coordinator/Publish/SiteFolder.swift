import Shared

/// The whole site in a folder of this machine, as for actions/upload-pages-artifact.
struct SiteFolder: Sendable {
  let path: String

  /// Every file appears whole, by a rename, and the index last.
  /// - Parameter stored: where the nights are that were not drawn again; `nil` for none.
  /// - Throws: ``PublishingError`` for a folder that cannot be written to; what the store throws.
  func write(_ site: Site, stored: StoredSite?) async throws {
    let files = try site.inOrder()
    let copy = SiteCopy(of: site, there: [], stored: try await stored?.paths() ?? [])
    let others = try await stored?.files(copy.missing) ?? []
    let folder = DirectoryObjectStore(folder: path)
    for file in others + files {
      guard let key = ObjectKey(file.path) else { throw PublishingError.badPath(file.path) }
      do { _ = try await folder.put(file.bytes, at: key, if: .always) } catch let error as StoreError {
        throw PublishingError(
          "the page was not written to the folder \(path): expected one that can be written to (\(error))")
      }
    }
  }
}
