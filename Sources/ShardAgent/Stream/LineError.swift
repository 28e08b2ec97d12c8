/// Why a line is malformed.
enum LineError: Error, Equatable {
  case unexpected(at: Int)
  case cutOff
  case badUTF8(at: Int)
  case tooDeep(at: Int)
  case badNumber(at: Int)
  case infinite
  case trailing(at: Int)
  case missing(StaticStringName)
  case badTime
  case badType
  case undeclared
  case redeclared
  case tooLong

  enum StaticStringName: String { case type, metric, data, time, value, tags, name, contains }

  var sentence: String {
    switch self {
    case .unexpected(let at): "not the JSON expected at byte \(at)"
    case .cutOff: "cut off"
    case .badUTF8(let at): "no UTF-8 at byte \(at)"
    case .tooDeep(let at): "nested more than 64 deep at byte \(at)"
    case .badNumber(let at): "no finite number at byte \(at)"
    case .infinite: "an infinite value"
    case .trailing(let at): "something behind the object at byte \(at)"
    case .missing(let name): "'\(name.rawValue)' is missing"
    case .badTime: "'time' is not RFC 3339"
    case .badType: "an unknown type of line or metric"
    case .undeclared: "a point of a metric that was never declared"
    case .redeclared: "a metric declared again with another type"
    case .tooLong: "longer than 16 MiB"
    }
  }
}
