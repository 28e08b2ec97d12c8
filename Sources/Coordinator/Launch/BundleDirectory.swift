import Foundation
import Glibc
import Shared
import SystemPackage

/// Reads what is sent with a run from a folder of this machine.
struct BundleDirectory {
  let folder: FilePath
  let script: FilePath

  /// - Parameters:
  ///   - script: its path, absolute.
  ///   - folder: absolute; `nil` for the script's own.
  /// - Throws: ``UsageError``.
  init(script: String, folder: String?) throws {
    self.script = FilePath(script).lexicallyNormalized()
    self.folder =
      folder.map { FilePath($0).lexicallyNormalized() } ?? self.script.removingLastComponent()
    guard self.script.starts(with: self.folder) else {
      throw UsageError(
        "the script \(self.script) is not in \(self.folder): expected --bundle to be a folder around it")
    }
  }

  func read() throws -> ScriptBundle {
    var relative = script
    _ = relative.removePrefix(folder)
    let entries = try entries()
    try BundleRules.check(entries, script: relative.string, folder: folder.string)
    let files = try entries.map { entry in
      do {
        return ScriptBundle.File(path: entry.path, bytes: try readFile(folder.appending(entry.path)))
      } catch let error as Errno {
        throw UsageError("\(folder)/\(entry.path) cannot be sent with the run: \(error)")
      }
    }
    // What grew meanwhile.
    try BundleRules.check(
      files.map { BundleEntry(path: $0.path, size: $0.bytes.count) }, script: relative.string,
      folder: folder.string)
    return ScriptBundle(script: relative.string, files: files)
  }

  /// In the order of their paths; one more than may be sent is enough to know that they are too many.
  private func entries() throws -> [BundleEntry] {
    var entries: [BundleEntry] = []
    var folders = [""]
    while let current = folders.popLast(), entries.count <= BundleRules.mostFiles {
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(current).string)
      } catch {
        throw UsageError(
          "the folder \(folder.appending(current)) cannot be read, so nothing can be sent of it")
      }
      for name in names where !BundleRules.isLeftOut(name) {
        let path = current.isEmpty ? name : "\(current)/\(name)"
        var (status, own) = (stat(), stat())
        let isThere = stat(folder.appending(path).string, &status) == 0
        lstat(folder.appending(path).string, &own)
        let isFolder = isThere && status.st_mode & S_IFMT == S_IFDIR
        if isFolder, own.st_mode & S_IFMT == S_IFDIR {
          folders.append(path)
        } else {
          let isFile = isThere && status.st_mode & S_IFMT == S_IFREG
          entries.append(
            BundleEntry(
              path: path, size: isFile ? Int(status.st_size) : 0,
              kind: isFolder ? .folderLink : isFile ? .file : .other))
        }
      }
    }
    return entries.sorted { $0.path < $1.path }
  }
}
