import TestSupport

/// The faults that were told, how far the calls of each have been counted, and how often each has happened.
struct FaultBook: Sendable {
  private struct Entry: Sendable {
    let fault: Fault
    var calls = 0
    var happened = 0
    var note: String?
  }

  private var entries: [Entry] = []

  mutating func add(_ faults: [Fault]) { entries += faults.map { Entry(fault: $0) } }

  /// Counts a call, and says what goes wrong with it.
  mutating func call(_ operation: String, shard: Int?) -> Fault? {
    var found: Fault?
    for index in entries.indices {
      let fault = entries[index].fault
      guard fault.kind.family == .call, fault.operation == operation,
        fault.shard == nil || fault.shard == shard
      else { continue }
      entries[index].calls += 1
      guard found == nil, fault.calls?.contains(entries[index].calls) ?? true else { continue }
      entries[index].happened += 1
      found = fault
    }
    return found
  }

  /// What goes wrong with the RunTask that is a shard's launch.
  mutating func launch(shard: Int?, _ launch: Int) -> Fault? {
    let index = entries.firstIndex { $0.fault.kind.family == .launch && $0.fault.concerns(shard, launch) }
    guard let index else { return nil }
    entries[index].happened += 1
    return entries[index].fault
  }

  /// A fault of this kind for a task, without counting it.
  func fault(_ kind: FaultKind, shard: Int?, launch: Int) -> Fault? {
    entries.first { $0.fault.kind == kind && $0.fault.concerns(shard, launch) }?.fault
  }

  /// The faults that happen to a running task at some moment.
  func moments(shard: Int?, launch: Int) -> [Fault] {
    entries.map(\.fault).filter { $0.kind.family == .moment && $0.concerns(shard, launch) }
  }

  /// It has happened to one more task.
  mutating func count(_ kind: FaultKind, shard: Int?, launch: Int) {
    if let index = index(kind, shard, launch) { entries[index].happened += 1 }
  }

  mutating func note(_ kind: FaultKind, shard: Int?, launch: Int, _ note: String) {
    if let index = index(kind, shard, launch) { entries[index].note = note }
  }

  private func index(_ kind: FaultKind, _ shard: Int?, _ launch: Int) -> Int? {
    entries.firstIndex { $0.fault.kind == kind && $0.fault.concerns(shard, launch) }
  }

  /// For `GET /_state`.
  var json: JSON {
    .array(
      entries.map { entry in
        var members = entry.fault.source
        members["happened"] = .number(Double(entry.happened))
        members["note"] = entry.note.map { .string($0) }
        return .object(members)
      })
  }
}

extension Fault {
  func concerns(_ shard: Int?, _ launch: Int) -> Bool {
    (self.shard == nil || self.shard == shard) && (self.launch == nil || self.launch == launch)
  }
}
