import Shared

/// A secret on its way to k6.
struct Secret: Sendable, Equatable {
  /// The variable's.
  let name: String
  let value: String
  /// Where it comes from, as `id#key`: what may be said of it.
  let source: String
}

/// Its value goes into no text by accident.
extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { "\(name) (\(source))" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: ["name": name, "source": source]) }
}

extension [Secret] {
  /// k6's environment: the agent's, and the secrets.
  func added(to environment: [String: String]) -> [String: String] {
    environment.merging(map { ($0.name, $0.value) }) { $1 }
  }

  /// What `k6/secrets` reads, `name=value` a line, and of which secrets k6's reader would make something else
  /// (measured with 1.1.0: it cuts at line ends, drops what stands behind a line of 64 KiB, and takes an empty one out of
  /// every line of its log).
  var sourceFile: (bytes: [UInt8], leftOut: [String]) {
    let leftOut = filter { secret in
      secret.value.isEmpty || secret.value.utf8.contains(10) || secret.value.utf8.last == 13
        || secret.name.utf8.count + secret.value.utf8.count > 60_000
    }.map(\.name)
    let lines = filter { !leftOut.contains($0.name) }.map { "\($0.name)=\($0.value)\n" }
    return ([UInt8](lines.joined().utf8), leftOut)
  }
}
