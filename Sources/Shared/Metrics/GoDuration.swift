/// A duration as Go prints and reads it: `1m30s`, `200ms`, `1h0m0.5s`; in seconds. A bare number
/// is milliseconds, as in k6.
package func parseGoDuration(_ text: String) -> Double? {
  let units: [(name: String, seconds: Double)] = [
    ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]
  var rest = text[...]
  var seconds = 0.0
  while !rest.isEmpty {
    let digits = rest.prefix { $0.isNumber || $0 == "." }
    rest = rest.dropFirst(digits.count)
    guard let number = Double(digits) else { return nil }
    if rest.isEmpty { return digits.count == text.count ? number / 1000 : nil }
    guard let unit = units.first(where: { rest.hasPrefix($0.name) }) else { return nil }
    rest = rest.dropFirst(unit.name.count)
    seconds += number * unit.seconds
  }
  return text.isEmpty ? nil : seconds
}
