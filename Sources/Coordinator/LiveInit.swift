import Foundation
import Glibc
import Shared

/// Writes the files of a new suite, all or none.
func liveInit(_ answers: NewSuiteAnswers, in folder: String) throws -> Int32 {
  let root = absolutePath(folder)
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue else {
    throw UsageError("--folder is \(folder): expected a folder that is there")
  }
  // Who is in a pipe is never asked.
  let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
  let suite = try answers.completed(in: root, ask: isTerminal ? { askPerson($0, $1) } : nil)
  let there = suite.files.map(\.path).filter { isThere("\(root)/\($0)") }
  guard there.isEmpty else {
    throw UsageError(
      "\(there.joined(separator: ", ")) \(there.count == 1 ? "is" : "are") there already, and nothing was written: move \(there.count == 1 ? "it" : "them") away, or choose another --folder or --suite"
    )
  }
  for file in suite.files {
    let path = URL(fileURLWithPath: "\(root)/\(file.path)")
    do {
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.text.utf8).write(to: path, options: .withoutOverwriting)
    } catch { throw UsageError("\(path.path) cannot be written: \(error.localizedDescription)") }
    writeOutput("\(file.path) is written\n")
  }
  let configuration = folder == "." ? "grid.yml" : "grid.yml, in \(root)"
  writeOutput(
    "Next: coordinator run --local --config \(configuration) on this machine; coordinator doctor --config grid.yml before the first run on AWS\n"
  )
  return 0
}

/// Also a link that leads nowhere.
private func isThere(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}

private func askPerson(_ question: String, _ usual: String) -> String? {
  writeOutput(usual.isEmpty ? "\(question) " : "\(question) [\(usual)] ")
  return readLine()
}
