/// Printed without its secrets.
package struct AWSCredentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package let accessKeyID: String
  package let secretAccessKey: String
  package let sessionToken: String?
  /// `nil` when it is not known.
  package let expiresAt: UTCInstant?

  package init(
    accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: UTCInstant? = nil
  ) {
    (self.accessKeyID, self.secretAccessKey) = (accessKeyID, secretAccessKey)
    (self.sessionToken, self.expiresAt) = (sessionToken, expiresAt)
  }

  package var description: String { "credentials \(accessKeyID) (redacted)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
