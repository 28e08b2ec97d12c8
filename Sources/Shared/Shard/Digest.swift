import Crypto

/// The SHA-256 of bytes, in lower-case hexadecimal.
package func sha256(_ bytes: [UInt8]) -> String {
  hexadecimal(SHA256.hash(data: bytes))
}

package func sha256Digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

/// The MD5, by which k6 names groups and checks.
package func md5(_ text: String) -> String { hexadecimal(Insecure.MD5.hash(data: Array(text.utf8))) }

func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
