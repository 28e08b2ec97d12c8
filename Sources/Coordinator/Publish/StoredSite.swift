import Shared

/// What lies in the store's `report/`: the site as it was published there last, with all its nights.
struct StoredSite: Sendable {
  private static let folder = "report/"
  let store: any ObjectStore

  static func key(_ path: String) throws -> ObjectKey {
    guard let key = ObjectKey(folder + path) else { throw PublishingError.badPath(path) }
    return key
  }

  /// From the site's root.
  func paths() async throws -> [String] {
    try await store.list(Self.folder).map { String($0.text.dropFirst(Self.folder.count)) }
  }

  /// What is there now; `nil` for a file that is not.
  func objects(_ paths: some Sequence<String>) async throws -> [String: StoredObject?] {
    let paths = Array(paths)
    let answers = await inParallel(paths.indices) { index in
      do {
        return Result<StoredObject?, any Error>.success(try await store.get(try Self.key(paths[index])))
      } catch { return .failure(error) }
    }
    return try Dictionary(answers.map { (paths[$0.key], try $0.value.get()) }) { first, _ in first }
  }

  /// Those of these files that are still there.
  func files(_ paths: [String]) async throws -> [Site.File] {
    let objects = try await objects(paths)
    return paths.compactMap { path in (objects[path] ?? nil).map { Site.File(path, $0.bytes) } }
  }
}
