import Shared

/// The script and what it may import and open, sent with the run.
struct ScriptBundle: Sendable, Equatable {
  struct File: Sendable, Equatable {
    /// From the bundle's folder.
    let path: String
    let bytes: [UInt8]
  }

  /// One of the paths.
  let script: String
  let files: [File]

  /// In the order of their paths, as the plan has them.
  var listed: [ScriptFile] { files.compactMap { ScriptFile(path: $0.path, digest: sha256($0.bytes)) } }
}

/// What is found in a bundle's folder, before anything is read.
struct BundleEntry: Sendable, Equatable {
  enum Kind: Sendable, Equatable { case file, folderLink, other }
  /// From the folder.
  let path: String
  let size: Int
  var kind = Kind.file
}

/// What may be sent with a run.
enum BundleRules {
  static let mostFiles = 1000
  static let mostBytes = 64 << 20
  /// S3 has 1024 bytes for a key, and the store's prefix and the run id are in front.
  static let longestPath = 600

  /// What is no part of a script: hidden files, among them version control's and secrets, and packages that only build
  /// tools read.
  static func isLeftOut(_ name: String) -> Bool { name.hasPrefix(".") || name == "node_modules" }

  /// - Throws: ``UsageError`` for what cannot be sent.
  static func check(_ entries: [BundleEntry], script: String, folder: String) throws {
    let elsewhere = "choose a folder with less in it by --bundle"
    guard entries.contains(where: { $0.path == script }) else {
      throw UsageError(
        "the script \(script) is not among the files of \(folder) that are sent: names that begin with a dot, and node_modules, are left out"
      )
    }
    guard entries.count <= mostFiles else {
      throw UsageError(
        "\(folder) has more than \(mostFiles) files to be sent with the run: \(elsewhere)")
    }
    for entry in entries { try check(entry, folder) }
    let bytes = entries.reduce(0) { $0 + $1.size }
    guard bytes <= mostBytes else {
      throw UsageError(
        "\(folder) has \(bytes >> 20) MiB to be sent with the run, and \(mostBytes >> 20) MiB may be: \(elsewhere)"
      )
    }
  }

  private static func check(_ entry: BundleEntry, _ folder: String) throws {
    let name = "\(folder)/\(entry.path)"
    switch entry.kind {
    case .file: break
    case .folderLink:
      throw UsageError(
        "\(name) is a link to a folder, which cannot be sent with the run: copy it, or choose another folder by --bundle"
      )
    case .other: throw UsageError("\(name) is no file that can be sent with the run: move it away")
    }
    guard ObjectKey(entry.path) != nil, entry.path.utf8.count <= longestPath else {
      throw UsageError(
        "\(name) cannot be sent with the run: expected names of 1 to 200 letters, digits and -_.=+, and at most \(longestPath) in all; rename it, or choose another folder by --bundle"
      )
    }
  }
}
