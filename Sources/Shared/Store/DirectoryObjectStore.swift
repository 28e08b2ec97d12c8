import FoundationEssentials
import Glibc
import SystemPackage

/// Objects as files below a folder, for runs on one machine. Whole files appear at once (written beside, then
/// renamed), conditional writes hold a lock of the folder's, so several processes may share it.
package struct DirectoryObjectStore: ObjectStore {
  private let root: FilePath

  package init(folder: String) { root = FilePath(folder).lexicallyNormalized() }

  private func path(_ key: ObjectKey) -> FilePath { root.appending(key.text) }

  package func get(_ key: ObjectKey) async throws -> StoredObject? {
    do {
      let bytes = try readFile(path(key))
      return StoredObject(bytes: bytes, etag: sha256(bytes))
    } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
      return nil
    } catch let error as Errno {
      throw StoreError(action: "read", key: key, reason: "\(error) (in \(root))")
    }
  }

  package func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome
  {
    do {
      if condition == .always {
        try replace(key, with: bytes)
        return .stored(etag: sha256(bytes))
      }
      let lock = try await lockFolder(for: key)
      defer { try? lock.close() }
      let current = try await get(key)
      switch condition {
      case .absent where current != nil: return .conditionFailed
      case .matches(let etag) where current?.etag != etag: return .conditionFailed
      default: try replace(key, with: bytes)
      }
      return .stored(etag: sha256(bytes))
    } catch let error as Errno {
      throw StoreError(action: "write", key: key, reason: "\(error) (in \(root))")
    }
  }

  package func list(_ prefix: String) async throws -> [ObjectKey] {
    let folder = prefix.isEmpty ? root : root.appending(prefix)
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder.string) else { return [] }
    return names.compactMap { name in
      guard let key = ObjectKey(prefix + name), isFile(path(key)),
        !(path(key).lastComponent!.string.hasPrefix("."))
      else { return nil }
      return key
    }.sorted()
  }

  package func delete(_ key: ObjectKey) async throws {
    guard unlink(path(key).string) != 0, errno != ENOENT else { return }
    throw StoreError(action: "delete", key: key, reason: Errno(rawValue: errno).description)
  }

  private func replace(_ key: ObjectKey, with bytes: [UInt8]) throws {
    let target = path(key)
    let folder = target.removingLastComponent()
    try? FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    let name =
      "." + (target.lastComponent?.string ?? "") + "." + String(UInt64.random(in: .min ... .max), radix: 36)
    let draft = folder.appending(name)
    do {
      let file = try FileDescriptor.open(
        draft, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: key.isSecret ? [.ownerReadWrite] : [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter { _ = try file.writeAll(bytes) }
      guard rename(draft.string, target.string) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      unlink(draft.string)
      throw error
    }
  }

  /// The object's own folder, so that shards do not wait for each other. Held until the descriptor is closed; waits
  /// without blocking a thread, about half a minute.
  private func lockFolder(for key: ObjectKey) async throws -> FileDescriptor {
    let folder = path(key).removingLastComponent()
    let lock = folder.appending(".lock")
    try? FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    let file = try FileDescriptor.open(
      lock, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
    do {
      for _ in 0..<6000 {
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { return file }
        let error = Errno(rawValue: errno)
        guard error == .wouldBlock || error == .interrupted else { throw error }
        try await Task.sleep(for: .milliseconds(5))
      }
      throw StoreError(
        action: "write", key: key, reason: "another process has held \(lock) for 30 s")
    } catch {
      try? file.close()
      throw error
    }
  }

  private func isFile(_ path: FilePath) -> Bool {
    var status = stat()
    return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}

package struct StoreError: Error, CustomStringConvertible {
  let action: String
  let key: ObjectKey
  let reason: String
  package var description: String { "the store could not \(action) \(key): \(reason)" }
}
