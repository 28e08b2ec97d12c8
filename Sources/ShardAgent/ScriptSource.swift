import Shared

/// The script that k6 runs, as a file of this machine.
struct LocalScript: Sendable, Equatable {
  let path: String
  /// The SHA-256 of that one file.
  let digest: String
}

/// Gets the script: from the image, out of a bucket, or what came with the run.
struct ScriptSource: Sendable {
  let options: ShardOptions
  let store: any ObjectStore
  let openStore: @Sendable (StoreLocation) throws -> any ObjectStore
  let files: PrivateFiles
  let readFile: @Sendable (_ path: String) throws -> [UInt8]
  let retry: RetryWindow

  /// Of one file. A k6 archive holds everything that a script opens.
  static let mostBytes = 64 << 20
  /// How many files are fetched at once.
  private static let mostAtOnce = 8

  /// What came with the run; without it what this shard was told, or else where the plan says that it is.
  func ofRun(_ plan: RunPlan) async throws -> LocalScript {
    if let files = plan.files { return try await fetch(files, of: plan) }
    if options.script == nil, plan.script.hasPrefix("s3://") {
      do { return try await local(ScriptLocation(plan.script)) } catch let error as UsageError {
        throw ShardFailure.unavailable("\(error) (in run.json)")
      }
    }
    return try await given()
  }

  /// What this shard was told.
  func given() async throws -> LocalScript {
    guard let script = options.script else { throw ShardFailure(sentence: noScript, exitCode: 64) }
    return try await local(script)
  }

  private func local(_ script: ScriptLocation) async throws -> LocalScript {
    switch script {
    case .file(let path):
      do { return LocalScript(path: path, digest: sha256(try readFile(path))) } catch {
        throw ShardFailure.unavailable("the script \(path) cannot be read: \(error)")
      }
    case .object(let bucket, let key):
      let bytes = try await get(key, named: "\(script)", from: openStore(bucket))
      return try keep(bytes, as: key.text.split(separator: "/").last.map(String.init) ?? "script")
    }
  }

  private func fetch(_ list: [ScriptFile], of plan: RunPlan) async throws -> LocalScript {
    guard list.contains(where: { $0.path == plan.script }) else {
      throw ShardFailure.unavailable(
        "the script \(plan.script) is not among the files that came with run \(plan.run)")
    }
    var scripts: [String: LocalScript] = [:]
    try await withThrowingTaskGroup(of: (String, LocalScript).self) { group in
      for (number, file) in list.enumerated() {
        if number >= Self.mostAtOnce, let done = try await group.next() { scripts[done.0] = done.1 }
        group.addTask { (file.path, try await fetch(file, of: plan)) }
      }
      for try await (path, script) in group { scripts[path] = script }
    }
    return scripts[plan.script]!
  }

  private func fetch(_ file: ScriptFile, of plan: RunPlan) async throws -> LocalScript {
    let key = RunKeys(plan.run).scriptFile(file.path)
    let bytes = try await get(key, named: options.store.name(key.text), from: store)
    let digest = sha256(bytes)
    guard digest == file.digest else {
      throw ShardFailure.unavailable(
        "\(options.store.name(key.text)) is not the file that run \(plan.run) was planned with (SHA-256 \(file.digest.prefix(12)), here \(digest.prefix(12)))"
      )
    }
    return try keep(bytes, as: file.path)
  }

  private func get(_ key: ObjectKey, named name: String, from store: any ObjectStore) async throws -> [UInt8]
  {
    let object: StoredObject?
    do { object = try await retry { try await store.get(key) } } catch let failure as ShardFailure {
      throw failure
    } catch {
      throw ShardFailure.unavailable("the script's file \(name) cannot be read: \(error)")
    }
    guard let object else { throw ShardFailure.unavailable("the script's file \(name) is not there") }
    guard object.bytes.count <= Self.mostBytes else {
      throw ShardFailure.unavailable(
        "the script's file \(name) has \(object.bytes.count) bytes: expected \(Self.mostBytes) at the most")
    }
    return object.bytes
  }

  private func keep(_ bytes: [UInt8], as name: String) throws -> LocalScript {
    do {
      return LocalScript(path: try files.write(bytes, to: "script/\(name)"), digest: sha256(bytes))
    } catch { throw ShardFailure.unavailable("the script's file \(name) cannot be kept: \(error)") }
  }
}

let noScript = "no script was given: expected the path of a k6 script, as shard-agent run load.js"

/// Where a script is: a path, or `s3://bucket/key`.
enum ScriptLocation: Sendable, Equatable, CustomStringConvertible {
  case file(String)
  case object(bucket: StoreLocation, key: ObjectKey)

  init(_ text: String) throws(UsageError) {
    guard text.hasPrefix("s3://") else {
      // A path, not an option, whatever it begins with.
      self = .file(text.hasPrefix("-") ? "./\(text)" : text)
      return
    }
    let parts = text.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let bucket = try? StoreLocation("s3://\(parts[0])"),
      let key = ObjectKey(String(parts[1]))
    else {
      throw UsageError(
        "the script '\(text)' is no object of a bucket: expected s3://bucket/key, the key of letters, digits, / and -_.=+, as s3://bucket/load.js"
      )
    }
    self = .object(bucket: bucket, key: key)
  }

  var description: String {
    switch self {
    case .file(let path): path
    case .object(let bucket, let key): bucket.name(key.text)
    }
  }
}
