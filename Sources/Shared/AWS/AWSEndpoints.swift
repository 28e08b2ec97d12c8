/// Where the services are: derived from the region, always https; or as the environment says, plain http included.
package struct AWSEndpoints: Sendable {
  package let region: AWSRegion
  private let custom: [AWSService: AWSEndpoint]

  /// - Throws: ``UsageError`` when an address is not understood, or there is no region.
  package init(_ environment: [String: String]) throws(UsageError) {
    region = try AWSRegion(environment)
    var custom: [AWSService: AWSEndpoint] = [:]
    if environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() != "true" {
      for service in AWSService.allCases {
        for variable in ["AWS_ENDPOINT_URL_\(service.variableName)", "AWS_ENDPOINT_URL"] {
          guard custom[service] == nil, let text = environment[variable], !text.isEmpty else { continue }
          guard let endpoint = AWSEndpoint(text) else {
            throw UsageError(
              "\(variable) '\(text)' is not understood: expected http(s)://host[:port], as http://127.0.0.1:5000"
            )
          }
          custom[service] = endpoint
        }
      }
    }
    self.custom = custom
  }

  func endpoint(_ service: AWSService) -> AWSEndpoint {
    custom[service]
      ?? AWSEndpoint(scheme: "https", host: service.host(region), path: "")
  }

  /// The bucket is part of the host's name, unless that has dots, which no certificate covers, or capitals, or the endpoint
  /// is not AWS's own.
  func bucket(_ name: String) -> AWSEndpoint {
    var endpoint = endpoint(.s3)
    let isLabel = name.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
    }
    if custom[.s3] == nil && isLabel {
      endpoint.host = "\(name).\(endpoint.host)"
    } else {
      endpoint.path += "/\(percentEncoded(name))"
    }
    return endpoint
  }
}

struct AWSEndpoint: Sendable, Equatable {
  var scheme: String
  /// With the port where it is not the scheme's own.
  var host: String
  /// What goes before every path: empty, or a bucket.
  var path: String

  init(scheme: String, host: String, path: String) {
    (self.scheme, self.host, self.path) = (scheme, host, path)
  }

  init?(_ text: String) {
    guard let address = WebAddress(text), address.path == "/", address.query.isEmpty else { return nil }
    (scheme, host, path) = (address.scheme, address.host, "")
  }
}

/// A URL with nothing but what a request needs, taken apart and otherwise unchanged.
package struct WebAddress: Sendable {
  package let scheme: String
  /// With the port where it is not the scheme's own.
  package let host: String
  package let path: String
  package let query: String

  package init?(_ text: String) {
    let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "http" || parts[0] == "https",
      text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") })
    else { return nil }
    let rest = parts[1]
    let host = rest.prefix { $0 != "/" && $0 != "?" }
    let target = rest.dropFirst(host.count)
    let path = target.prefix { $0 != "?" }
    guard let name = Self.host(host, scheme: String(parts[0])) else { return nil }
    scheme = String(parts[0])
    self.host = name
    self.path = path.isEmpty ? "/" : String(path)
    query = String(target.dropFirst(path.count + 1))
  }

  /// The clients leave out a port that is the scheme's own, so it must not be signed either.
  private static func host(_ text: Substring, scheme: String) -> String? {
    guard !text.isEmpty, !text.contains("@") else { return nil }
    let name = text.first == "[" ? text.prefix { $0 != "]" } + "]" : text.prefix { $0 != ":" }
    guard !name.isEmpty, name.count <= text.count else { return nil }
    let port = text.dropFirst(name.count)
    if port.isEmpty { return String(name) }
    guard port.first == ":", let number = UInt16(port.dropFirst()), number > 0 else { return nil }
    return number == (scheme == "http" ? 80 : 443) ? String(name) : "\(name):\(number)"
  }

  /// Without the port, without the brackets of IPv6.
  var hostName: String {
    host.first == "["
      ? String(host.dropFirst().prefix { $0 != "]" }) : String(host.prefix { $0 != ":" })
  }

  package var isLoopback: Bool {
    let parts = hostName.split(separator: ".", omittingEmptySubsequences: false)
    return hostName == "localhost" || hostName == "::1"
      || (parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil })
  }
}
