/// What every object of a bucket is written with. Usually nothing: a bucket has its own default encryption.
package struct S3Settings: Sendable {
  /// For writes.
  let encryptionHeaders: [(name: String, value: String)]
  /// For every request: the account that the store's bucket must belong to.
  let ownerHeaders: [(name: String, value: String)]

  /// - Throws: ``UsageError`` with one sentence.
  package init(_ environment: [String: String]) throws(UsageError) {
    let set = environment.filter { !$0.value.isEmpty }
    encryptionHeaders = try Self.encryption(set["GRID_S3_SSE"], key: set["GRID_S3_KMS_KEY_ID"])
    guard let owner = set["GRID_S3_BUCKET_OWNER"] else {
      ownerHeaders = []
      return
    }
    guard owner.utf8.count == 12, owner.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw UsageError("GRID_S3_BUCKET_OWNER '\(owner)' is no AWS account: expected 12 digits")
    }
    ownerHeaders = [("x-amz-expected-bucket-owner", owner)]
  }

  private static func encryption(_ kind: String?, key: String?) throws(UsageError) -> [(
    name: String, value: String
  )] {
    let header = "x-amz-server-side-encryption"
    switch (kind, key) {
    case (nil, nil): return []
    case ("AES256", nil): return [(header, "AES256")]
    case ("aws:kms", let key):
      guard key?.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) != false else {
        throw UsageError("GRID_S3_KMS_KEY_ID has characters that no key id has")
      }
      // One call to KMS for many objects instead of one for each.
      return [(header, "aws:kms"), ("\(header)-bucket-key-enabled", "true")]
        + (key.map { [("\(header)-aws-kms-key-id", $0)] } ?? [])
    case (_, .some) where kind != "aws:kms":
      throw UsageError("GRID_S3_KMS_KEY_ID is set: it needs GRID_S3_SSE=aws:kms")
    default: throw UsageError("GRID_S3_SSE '\(kind ?? "")' is not understood: expected aws:kms or AES256")
    }
  }
}

/// What a browser is told that an object is, by the end of its key.
func contentType(_ key: ObjectKey) -> String {
  let types = [
    ".json": "application/json", ".csv": "text/csv; charset=utf-8", ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml", ".xml": "application/xml",
    ".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8", ".css": "text/css; charset=utf-8", ".png": "image/png",
  ]
  return types.first { key.text.hasSuffix($0.key) }?.value ?? "application/octet-stream"
}
