import TestSupport

/// One thing that goes wrong on purpose. A fault that could never happen is refused when it is told.
struct Fault: Sendable {
  let kind: FaultKind
  /// ECS's, or `Credentials` or `Metadata` for the endpoints inside a task.
  let operation: String?
  /// Which calls of the operation, from 1 and from when the fault was told; `nil` for all.
  let calls: Set<Int>?
  let shard: Int?
  /// Which launch of the shard, from 1; `nil` for all.
  let launch: Int?
  /// Since the task was RUNNING.
  let afterMilliseconds: Int?
  /// Happens when this file is there.
  let whenFile: String?
  let milliseconds: Int
  let source: [String: JSON]

  static let endpoints = ["Credentials", "Metadata"]

  func text(_ name: String) -> String? { source[name]?.string }
  func number(_ name: String) -> Double? { source[name]?.number }
}

/// Why a fault was not taken.
struct FaultError: Error, Equatable { let message: String }

extension Fault {
  /// - Throws: ``FaultError``.
  init(_ value: JSON) throws {
    guard let members = value.object, let name = members["fault"]?.string else {
      throw FaultError(message: "a fault is an object with the member 'fault'; found \(value)")
    }
    guard let kind = FaultKind(rawValue: name) else {
      let known = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw FaultError(message: "there is no fault '\(name)'; there are: \(known)")
    }
    func fail(_ problem: String) -> FaultError { FaultError(message: "fault '\(name)': \(problem)") }
    for member in kind.required where members[member] == nil { throw fail("'\(member)' is missing") }
    let allowed = kind.required + kind.optional + ["fault"]
    if let odd = members.keys.sorted().first(where: { !allowed.contains($0) }) {
      throw fail("it has no member '\(odd)'; it has \(allowed.joined(separator: ", "))")
    }
    func integer(_ member: String, from least: Int) throws -> Int? {
      guard let value = members[member] else { return nil }
      guard let found = value.integer, (least...86_400_000).contains(found) else {
        throw fail("'\(member)' must be an integer from \(least) to 86400000")
      }
      return found
    }
    self.kind = kind
    operation = members["operation"]?.string
    shard = try integer("shard", from: 0)
    launch = try integer("launch", from: 1)
    afterMilliseconds = try integer("afterMilliseconds", from: 0)
    whenFile = members["whenFile"]?.string
    milliseconds = try integer("milliseconds", from: 1) ?? 0
    calls = try members["calls"].map { value in
      let numbers = value.array?.compactMap(\.integer) ?? []
      guard !numbers.isEmpty, numbers.count == value.array?.count, numbers.allSatisfy({ $0 >= 1 }) else {
        throw fail("'calls' must be a list of numbers from 1, as [1, 2]")
      }
      return Set(numbers)
    }
    source = members
    try checkTexts(fail)
    try checkWhen(fail)
  }

  private func checkTexts(_ fail: (String) -> FaultError) throws {
    let texts = ["operation", "code", "message", "reason", "detail", "state", "whenFile", "synchronization"]
    for member in texts where source[member] != nil && (text(member) ?? "").isEmpty {
      throw fail("'\(member)' must be a text that is not empty")
    }
    if let state = text("state"), !["PROVISIONING", "PENDING"].contains(state) {
      throw fail("'state' must be PROVISIONING or PENDING")
    }
    if let status = source["status"], !(400...599).contains(status.integer ?? 0) {
      throw fail("'status' must be from 400 to 599")
    }
    for member in ["offsetMilliseconds", "errorBoundMilliseconds"] where source[member] != nil {
      guard number(member) != nil else { throw fail("'\(member)' must be a number") }
    }
    if let state = text("synchronization"), !["SYNCHRONIZED", "NOT_SYNCHRONIZED"].contains(state) {
      throw fail("'synchronization' must be SYNCHRONIZED or NOT_SYNCHRONIZED")
    }
    if kind == .clockDrift,
      !source.keys.contains(where: { $0.hasSuffix("Milliseconds") || $0 == "synchronization" })
    {
      throw fail("it needs 'offsetMilliseconds', 'errorBoundMilliseconds' or 'synchronization'")
    }
  }

  private func checkWhen(_ fail: (String) -> FaultError) throws {
    if kind.family == .moment, (afterMilliseconds == nil) == (whenFile == nil) {
      throw fail("it needs either 'afterMilliseconds' or 'whenFile', to know when")
    }
    if let whenFile, !whenFile.hasPrefix("/") { throw fail("'whenFile' must be an absolute path") }
    guard let operation else { return }
    let known = ECSOperation.allCases.map(\.rawValue) + Self.endpoints
    guard known.contains(operation) else {
      throw fail("there is no operation '\(operation)'; there are: \(known.joined(separator: ", "))")
    }
    // Only these calls say, or are made by, a shard.
    guard shard == nil || operation == "RunTask" || Self.endpoints.contains(operation) else {
      throw fail("a call of \(operation) belongs to no shard, so 'shard' would never match")
    }
  }

  /// A list of faults, as in a file or a request.
  static func list(_ value: JSON) throws -> [Fault] {
    guard let array = value.array else { throw FaultError(message: "faults are a list of objects") }
    return try array.map(Fault.init)
  }
}
