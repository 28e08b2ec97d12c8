import Shared
import Subprocess
import SystemPackage

/// Which k6 is on this machine.
struct K6VersionProcess: Sendable {
  /// `K6_BIN`, or `k6` on `PATH`.
  let executable: String

  init(_ environment: [String: String]) {
    executable = environment["K6_BIN"].flatMap { $0.isEmpty ? nil : $0 } ?? "k6"
  }

  /// As `1.1.0`.
  func version() async -> Asked<String> {
    do {
      let result = try await Subprocess.run(
        executable.contains("/") ? .path(FilePath(executable)) : .name(executable), arguments: ["version"],
        output: .bytes(limit: 1 << 16), error: .discarded)
      let words = String(decoding: result.standardOutput, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      guard words.count > 1, words[0] == "k6", words[1].hasPrefix("v") else {
        return .unknown("\(executable) does not answer 'version' as k6 does")
      }
      return .answer(String(words[1].dropFirst()))
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .missing
    } catch { return .unknown("\(executable) could not be run: \(error)") }
  }
}
