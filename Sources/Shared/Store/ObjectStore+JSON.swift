import FoundationEssentials

extension ObjectStore {
  /// The object as a value.
  /// - Returns: `nil` when there is no such object.
  /// - Throws: ``UnreadableDocument`` when its text is not what is expected.
  package func getDocument<Document: Decodable>(_ type: Document.Type, at key: ObjectKey) async throws
    -> Document?
  {
    guard let object = try await get(key) else { return nil }
    return try decoded(type, from: object.bytes, name: key.text)
  }

  @discardableResult
  package func putDocument(
    _ document: some Encodable, at key: ObjectKey, if condition: PutCondition = .always
  ) async throws -> PutOutcome {
    try await put(encoded(document), at: key, if: condition)
  }
}

/// JSON with sorted keys, so that the same value is the same bytes. A number that JSON does not have, as the sum of
/// values near the largest double, is a text: it must not cost the whole document.
package func encoded(_ document: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
  return [UInt8](try encoder.encode(document)) + [10]
}

/// - Parameter name: where the bytes come from, for the error's sentence.
package func decoded<Document: Decodable>(_ type: Document.Type, from bytes: [UInt8], name: String) throws
  -> Document
{
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  do {
    return try decoder.decode(type, from: Data(bytes))
  } catch let error as DecodingError {
    throw UnreadableDocument(name: name, reason: sentence(error))
  }
}

package struct UnreadableDocument: Error, CustomStringConvertible {
  package let name: String
  package let reason: String

  package init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }

  package var description: String { "\(name) cannot be read: \(reason)" }
}

private func sentence(_ error: DecodingError) -> String {
  func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return path.isEmpty ? "" : " at \(path.joined(separator: "."))"
  }
  switch error {
  case .keyNotFound(let key, let context): return "'\(key.stringValue)' is missing\(place(context))"
  case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
    return "expected \(type)\(place(context))"
  case .dataCorrupted(let context): return "\(context.debugDescription)\(place(context))"
  @unknown default: return "it is not the JSON expected"
  }
}
