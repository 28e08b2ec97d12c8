/// Why a threshold cannot be read. The text is one sentence for the person who wrote it.
package enum ThresholdError: Error, Equatable, CustomStringConvertible {
  case badMetricName(String)
  case badTags(String)
  case noComparison(String)
  case badMethod(String, in: String)
  case badNumber(String, in: String)

  package var description: String {
    switch self {
    case .badMetricName(let name):
      "'\(name)' is not a metric's name: expected a letter or _ and 1 to 128 letters, digits or _, as in http_req_duration"
    case .badTags(let selector):
      "'\(selector)' does not select by tags: expected metric{tag:value} or metric{tag:value,other:value}, with no value empty"
    case .noComparison(let text):
      "threshold '\(text)' compares nothing: expected METHOD OPERATOR NUMBER, as in p(95)<800"
    case .badMethod(let method, let text):
      "threshold '\(text)' begins with '\(method)': expected avg, min, max, med, p(0..100), count, rate or value"
    case .badNumber(let number, let text):
      "threshold '\(text)' compares with '\(number)': expected a plain number without a unit, as in p(95)<800"
    }
  }
}
