/// AWS's own rule: letters, digits and `-._~` stay, every other byte of UTF-8 is `%XX` in upper case.
package func percentEncoded(_ text: String, keeping others: String = "") -> String {
  var encoded: [UInt8] = []
  encoded.reserveCapacity(text.utf8.count)
  for byte in text.utf8 {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95, 126: encoded.append(byte)
    default:
      if others.utf8.contains(byte) {
        encoded.append(byte)
      } else {
        encoded += [37, hexDigit(byte >> 4), hexDigit(byte & 15)]
      }
    }
  }
  return String(decoding: encoded, as: UTF8.self)
}

/// `name=value&...` in the order given, for queries and for forms.
package func percentEncoded(_ pairs: [(name: String, value: String)]) -> String {
  pairs.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
