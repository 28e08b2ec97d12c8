import FoundationEssentials

/// What an answer that is no success says of itself, in whichever of AWS's two languages: services that speak JSON answer
/// some refusals in XML.
struct AWSErrorAnswer: Sendable, Equatable {
  /// Without its namespace; empty when the answer does not say.
  var code = ""
  var message = ""
  var requestID: String?
  /// Where the bucket really is, when S3 says so.
  var bucketRegion: String?

  init(_ response: HTTPResponse) {
    let first = response.body.first { $0 > 32 }
    if first == UInt8(ascii: "<"), let root = XMLElement(response.body) {
      read(root)
    } else if first == UInt8(ascii: "{") {
      read(try? JSONDecoder().decode(JSONBody.self, from: Data(response.body)))
    }
    if code.isEmpty { code = Self.cleaned(response.header("x-amzn-errortype") ?? "") }
    requestID = response.header("x-amzn-requestid") ?? response.header("x-amz-request-id") ?? requestID
    bucketRegion = response.header("x-amz-bucket-region") ?? bucketRegion
  }

  private mutating func read(_ root: XMLElement) {
    guard let error = root.first("Error") ?? root.first("Errors") else { return }
    code = error["Code"] ?? ""
    message = error["Message"] ?? ""
    bucketRegion = error["Region"]
    requestID = root.first("RequestId")?.text ?? root.first("RequestID")?.text
  }

  private mutating func read(_ body: JSONBody?) {
    code = Self.cleaned(body?.type ?? body?.code ?? "")
    message = body?.message ?? body?.capitalMessage ?? ""
  }

  /// `com.amazonaws.x#FooException:http://...` is FooException.
  private static func cleaned(_ text: String) -> String {
    let name = text.prefix { $0 != ":" }
    return String(name.split(separator: "#").last ?? name)
  }

  private struct JSONBody: Decodable {
    let type: String?
    let code: String?
    let message: String?
    let capitalMessage: String?

    private enum CodingKeys: String, CodingKey {
      case type = "__type"
      case code, message
      case capitalMessage = "Message"
    }
  }
}
