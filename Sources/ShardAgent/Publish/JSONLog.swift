import Logging
import Shared

/// Log records as one JSON object a line on stderr, without secrets; stdout belongs to metrics.
struct JSONLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  private let redactor: Redactor
  private let now: @Sendable () -> UTCInstant
  private let write: @Sendable ([UInt8]) -> Void

  init(
    now: @escaping @Sendable () -> UTCInstant, redactor: Redactor = Redactor(),
    write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    (self.now, self.redactor, self.write) = (now, redactor, write)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var members = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues {
      JSONValue.string(redactor.redact("\($0)"))
    }
    members["time"] = .string(now().description)
    members["level"] = .string(event.level.rawValue)
    members["message"] = .string(redactor.redact("\(event.message)"))
    write(JSONValue.object(members).line)
  }
}
