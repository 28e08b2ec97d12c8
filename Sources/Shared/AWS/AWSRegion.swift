/// As `eu-central-1`. The partition, and with it the names of hosts and ARNs, follows from it.
package struct AWSRegion: Sendable, Hashable, CustomStringConvertible {
  package let name: String

  package init?(_ name: String) {
    let isValid =
      (3...32).contains(name.utf8.count)
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    guard isValid else { return nil }
    self.name = name
  }

  /// - Throws: ``UsageError`` when the environment names none.
  package init(_ environment: [String: String]) throws(UsageError) {
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
      guard let name = environment[variable], !name.isEmpty else { continue }
      guard let region = AWSRegion(name) else {
        throw UsageError("\(variable) '\(name)' is no region: expected one like eu-central-1")
      }
      self = region
      return
    }
    throw UsageError("no AWS region is given: set AWS_REGION, as eu-central-1")
  }

  /// As in ARNs.
  package var partition: String {
    if name.hasPrefix("cn-") { return "aws-cn" }
    if name.hasPrefix("us-gov-") { return "aws-us-gov" }
    return name.hasPrefix("eusc-") ? "aws-eusc" : "aws"
  }

  var domain: String {
    switch partition {
    case "aws-cn": "amazonaws.com.cn"
    case "aws-eusc": "amazonaws.eu"
    default: "amazonaws.com"
    }
  }

  package var description: String { name }
}
