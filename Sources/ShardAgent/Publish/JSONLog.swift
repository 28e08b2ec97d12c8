import Logging
import Shared

/// Log records as one JSON object a line on stderr; stdout belongs to metrics.
struct JSONLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  private let now: @Sendable () -> UTCInstant
  private let write: @Sendable ([UInt8]) -> Void

  init(now: @escaping @Sendable () -> UTCInstant, write: @escaping @Sendable ([UInt8]) -> Void) {
    (self.now, self.write) = (now, write)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var members = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { JSONValue.string("\($0)") }
    members["time"] = .string(now().description)
    members["level"] = .string(event.level.rawValue)
    members["message"] = .string("\(event.message)")
    write(JSONValue.object(members).line)
  }
}
