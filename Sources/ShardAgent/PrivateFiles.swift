import FoundationEssentials
import Glibc
import Shared
import SystemPackage

/// The files of the shard's private folder: nobody else of the machine may look into it, and it is gone at the end.
struct PrivateFiles: Sendable {
  let folder: String

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// A new file, in sub-folders if its name says so.
  /// - Returns: its path.
  /// - Throws: `Errno`, also when it is there already.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = path(name)
    let parent = FilePath(path).removingLastComponent()
    try? FileManager.default.createDirectory(
      atPath: parent.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
      permissions: [.ownerReadWrite])
    _ = try file.closeAfter { try file.writeAll(bytes) }
    return path
  }

  /// Whoever reads it finds the old one or the new one, never a part.
  func replace(_ name: String, with bytes: [UInt8]) throws {
    let new = try write(bytes, to: "\(name).new")
    guard rename(new, path(name)) == 0 else { throw Errno(rawValue: errno) }
  }

  /// `nil` when it is not there or cannot be read.
  func read(_ name: String) -> [UInt8]? { try? readFile(FilePath(path(name))) }

  /// No error when it is not there.
  func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name)) }
}
