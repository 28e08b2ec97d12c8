import CZlib

/// zlib's format (RFC 1950).
func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var size = compressBound(uLong(bytes.count))
  var out = [UInt8](repeating: 0, count: Int(size))
  // Level 6 of memory that is large enough cannot fail.
  let status = compress2(&out, &size, bytes, uLong(bytes.count), 6)
  precondition(status == Z_OK, "zlib failed with \(status)")
  return Array(out.prefix(Int(size)))
}

/// - Returns: `nil` when `bytes` are not zlib's format, or hold more than 64 MiB (no document of ours does).
func inflated(_ bytes: [UInt8], limit: Int = 64 << 20) -> [UInt8]? {
  var capacity = max(bytes.count * 8, 1024)
  while true {
    var size = uLong(capacity)
    var out = [UInt8](repeating: 0, count: capacity)
    switch uncompress(&out, &size, bytes, uLong(bytes.count)) {
    case Z_OK: return Array(out.prefix(Int(size)))
    case Z_BUF_ERROR where capacity < limit: capacity = min(capacity * 4, limit)
    default: return nil
    }
  }
}
