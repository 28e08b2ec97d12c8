import TestSupport

/// A call that ECS refuses, in its own words where they are known.
struct ECSError: Error, Equatable {
  let code: String
  let message: String
  var status = 400
  /// Beside the message: the `resourceIds` of a conflict.
  var members: [String: JSON] = [:]
  /// The service's front door answers under its own name space and with a capital M; ECS itself with neither.
  var isOfTheFrontDoor = false

  var body: JSON {
    var body = members
    body["__type"] = .string(isOfTheFrontDoor ? "com.amazon.coral.service#\(code)" : code)
    body[isOfTheFrontDoor ? "Message" : "message"] = .string(message)
    return .object(body)
  }

  static func invalidParameter(_ message: String) -> ECSError {
    ECSError(code: "InvalidParameterException", message: message)
  }
  static func client(_ message: String) -> ECSError { ECSError(code: "ClientException", message: message) }
  static func frontDoor(_ code: String, _ message: String) -> ECSError {
    ECSError(code: code, message: message, isOfTheFrontDoor: true)
  }
  static func serialization(_ message: String) -> ECSError { frontDoor("SerializationException", message) }

  static let clusterNotFound = ECSError(code: "ClusterNotFoundException", message: "Cluster not found.")
  static let throttled = ECSError(code: "ThrottlingException", message: "Rate exceeded")
  static let server = ECSError(
    code: "ServerException", message: "Service Unavailable. Please try again later.", status: 500)
}
