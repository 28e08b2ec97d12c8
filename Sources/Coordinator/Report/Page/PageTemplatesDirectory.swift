import Foundation
import Shared

extension PageTemplates {
  /// The files of a folder, in place of the program's own.
  /// - Throws: ``UsageError``.
  init(folder: String) throws {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw UsageError("the folder \(folder) cannot be read: expected one with the page's templates")
    }
    var files: [String: [UInt8]] = [:]
    for name in names where name.hasSuffix(".mustache") || ["style.css", "script.js"].contains(name) {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
        throw UsageError("\(folder)/\(name) cannot be read: expected a file that this user may read")
      }
      files[name] = Array(data)
    }
    try self.init(files, in: folder)
  }
}
