/// Objects in a bucket of S3. What the contract asks for is S3's own: whole objects, conditional writes, reads after writes.
package struct S3ObjectStore: ObjectStore {
  let client: AWSClient
  private let bucket: String
  private let prefix: String
  let settings: S3Settings
  private let endpoint: AWSEndpoint
  /// An object with more bytes than this is not read.
  private let readLimit: Int
  private let pageSize: Int
  private let unsettled = UnsettledPuts()

  /// - Parameter prefix: goes before every key: empty, or with `/` at its end.
  package init(
    client: AWSClient, bucket: String, prefix: String, settings: S3Settings, readLimit: Int = 64 << 20,
    pageSize: Int = 1000
  ) {
    (self.client, self.bucket, self.prefix, self.settings) = (client, bucket, prefix, settings)
    (self.readLimit, self.pageSize) = (readLimit, pageSize)
    endpoint = client.endpoints.bucket(bucket)
  }

  package var clock: ClockQuality? { client.clock }

  /// A refusal is always an error, never "not there": without s3:ListBucket S3 answers 403 for an object that is not there.
  package func get(_ key: ObjectKey) async throws -> StoredObject? {
    do {
      let response = try await client.send(call("GetObject", "GET", key))
      return StoredObject(bytes: response.body, etag: response.header("etag") ?? "")
    } catch let error as AWSError where error.code == "NoSuchKey" {
      return nil
    }
  }

  package func put(_ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition) async throws -> PutOutcome
  {
    try await put(bytes, at: key, if: condition, as: ObjectHeaders())
  }

  package func put(
    _ bytes: [UInt8], at key: ObjectKey, if condition: PutCondition, as headers: ObjectHeaders
  ) async throws -> PutOutcome {
    let put = ConditionalPut(bytes: bytes, key: key, condition: condition, headers: headers)
    let outcome = try await outcome(put)
    unsettled.remove(put)
    return outcome
  }

  private func outcome(_ put: ConditionalPut) async throws -> PutOutcome {
    let call = put.call(call("PutObject", "PUT", put.key), settings, patience: client.exchange.patience)
    var conflicts = 0
    while true {
      do {
        let response = try await client.send(call)
        return .stored(etag: response.header("etag") ?? "")
      } catch {
        // Also what says nothing of it, as credentials that could not be had for the second attempt.
        if (error as? AWSError)?.mayHaveBeenCarriedOut != false { unsettled.add(put) }
        guard let error = error as? AWSError else { throw error }
        switch put.meaning(of: error) {
        case .conflict where conflicts < ConditionalPut.conflictLimit:
          try await pause(beforeTry: conflicts)
          conflicts += 1
        case .conflict where put.condition != .absent: return .conditionFailed
        case .conditionFailed:
          return unsettled.contains(put) ? try await settled(put) ?? .conditionFailed : .conditionFailed
        case .conflict, .failure:
          guard unsettled.contains(put), let outcome = try? await settled(put) else { throw error }
          return outcome
        }
      }
    }
  }

  /// - Returns: `nil` when what is stored now is not what was put.
  private func settled(_ put: ConditionalPut) async throws -> PutOutcome? {
    guard let object = try await get(put.key), object.bytes == put.bytes else { return nil }
    return .stored(etag: object.etag)
  }

  /// S3 was about to carry out another write of the same object: that one is done in a moment.
  private func pause(beforeTry number: Int) async throws {
    let host = client.exchange.host
    try await host.sleep(
      min(1, 0.05 * Double(1 << number)) * host.random() * client.exchange.patience.delayUnit)
  }

  package func list(_ prefix: String) async throws -> [ObjectKey] {
    var keys: [ObjectKey] = []
    var token: String?
    repeat {
      var call = call("ListObjectsV2", "GET", nil)
      let pairs: [(name: String, value: String)] = [
        ("list-type", "2"), ("max-keys", "\(pageSize)"), ("prefix", self.prefix + prefix),
      ]
      call.request.query = percentEncoded(pairs + (token.map { [("continuation-token", $0)] } ?? []))
      let page = try call.xml(of: try await client.send(call))
      keys += page.all("Contents").compactMap { $0["Key"] }.filter { $0.hasPrefix(self.prefix) }
        .compactMap { ObjectKey(String($0.dropFirst(self.prefix.count))) }
      token = page["IsTruncated"] == "true" ? page["NextContinuationToken"] : nil
    } while token != nil
    return keys.sorted()
  }

  package func delete(_ key: ObjectKey) async throws {
    if key.isSecret { return try await deleteForGood(key) }
    _ = try await client.send(call("DeleteObject", "DELETE", key))
  }

  /// Where a bucket keeps versions, a plain deletion hides an object and keeps it. So its newest version is deleted by its id,
  /// which makes the one before it the newest, until there is none: that needs no right to list versions.
  private func deleteForGood(_ key: ObjectKey) async throws {
    for _ in 0..<100 {
      guard let newest = try await newestVersion(key) else { return }
      guard let id = newest.id else {
        _ = try await client.send(call("DeleteObject", "DELETE", key))
        return
      }
      var call = call("DeleteObjectVersion", "DELETE", key)
      call.request.query = percentEncoded([("versionId", id)])
      do { _ = try await client.send(call) } catch let error as AWSError where error.status == 403 {
        // Hidden is better than nothing, and not what was asked for.
        _ = try? await client.send(self.call("DeleteObject", "DELETE", key))
        throw error
      }
    }
    throw StoreError(action: "delete", key: key, reason: "it has more than 100 versions")
  }

  /// - Returns: `nil` when there is neither an object nor the mark of a deleted one.
  private func newestVersion(_ key: ObjectKey) async throws -> Version? {
    let response = try await client.exchange.send(
      call("GetObject", "HEAD", key), credentials: client.credentials, accepting: [404])
    if response.status == 404 && response.header("x-amz-delete-marker") != "true" { return nil }
    return Version(id: response.header("x-amz-version-id"))
  }

  private struct Version {
    /// `nil` where the bucket keeps no versions.
    let id: String?
  }

  /// - Parameter key: `nil` for the bucket itself.
  private func call(_ operation: String, _ method: String, _ key: ObjectKey?) -> AWSCall {
    let path = percentEncoded(key.map { prefix + $0.text } ?? "", keeping: "/")
    let location = StoreLocation.bucket(bucket, prefix: prefix)
    return AWSCall(
      service: .s3, operation: operation, subject: key.map { location.name($0.text) } ?? "\(location)",
      request: HTTPRequest(
        method: method, scheme: endpoint.scheme, host: endpoint.host, path: "\(endpoint.path)/\(path)",
        headers: settings.ownerHeaders, timeout: .seconds(client.exchange.patience.attemptSeconds * 2),
        replyLimit: readLimit))
  }
}
