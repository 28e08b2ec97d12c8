import Shared

/// Groups and checks as k6's own summary has them, counted apart: neither the report tags nor the cap of series touch
/// them. k6 makes a group for every `group` tag of a sample of `group_duration` or `checks`, and a check for every
/// `check` tag of the latter (lib.GroupSummary of k6 0.57 to 2.2).
struct CheckTree {
  /// The bounds: groups and checks together, the text that they make in a summary, and the depth, because readers of
  /// JSON have one too.
  static let mostNodes = 10_000
  static let mostText = 8 << 20
  static let deepest = 100
  private static let none: Int32 = -1
  private static let separator = Array("::".utf8)

  struct Check: Equatable, Sendable {
    /// As the tag has it, `::outer::inner`; the root's is empty.
    let group: String
    /// `nil`: the group was entered; whether it has checks, others say.
    let name: String?
    let count: RateAggregate
  }

  private var nodes = SeriesTable(width: 2)
  /// `nil` for groups.
  private var places: [AggregateStore.Reference?] = []
  private var leftOut: AggregateStore.Reference?
  private var text = 0
  private var valueCount = 0
  private var valueText = 0

  /// Whether one more value of a group's or a check's tag may be kept.
  mutating func admitsValue(_ count: Int) -> Bool {
    guard valueCount < Self.mostNodes * 2, valueText + count <= Self.mostText else { return false }
    (valueCount, valueText) = (valueCount + 1, valueText + count)
    return true
  }

  /// Where a sample of `checks` or `group_duration` is counted besides its series; `nil`: nowhere.
  /// - Parameter group, check: the numbers of the values of these tags; negative for one that is absent (-1), or for
  ///   which there was no room.
  mutating func place(
    group: Int32, check: Int32, values: ByteTable, _ aggregates: inout AggregateStore
  ) -> AggregateStore.Reference? {
    guard group != Self.none else { return nil }
    let key = [group, check]
    if let known = nodes.find(key) { return places[known] }
    guard group >= 0, check >= Self.none, nodes.count < Self.mostNodes else { return leaveOut(&aggregates) }
    let name = check < 0 ? nil : values.bytes(Int(check))
    if let name, name.firstRange(of: Self.separator) != nil {
      // k6 has no such check, but its group.
      return place(group: group, check: Self.none, values: values, &aggregates)
    }
    let path = values.bytes(Int(group))
    let depth = Self.parts(Array(path)).count
    let size = 150 + path.count * (name == nil ? depth : 1) + (name?.count ?? 0) * 2
    guard text + size <= Self.mostText, depth <= Self.deepest else {
      return leaveOut(&aggregates)
    }
    text += size
    _ = nodes.insert(key)
    places.append(name == nil ? nil : aggregates.add(.rate, isOverTime: false, isSummed: false))
    return places[places.count - 1]
  }

  private mutating func leaveOut(_ aggregates: inout AggregateStore) -> AggregateStore.Reference {
    let place = leftOut ?? aggregates.add(.rate, isOverTime: false, isSummed: false)
    leftOut = place
    return place
  }

  func checks(_ values: ByteTable, _ aggregates: AggregateStore) -> [Check] {
    places.enumerated().map { number, place in
      let (group, check) = (nodes.key(number).first!, nodes.key(number).last!)
      var count = RateAggregate()
      if let place, case .rate(let rate) = aggregates[place] { count = rate }
      return Check(
        group: values.string(Int(group)), name: check < 0 ? nil : values.string(Int(check)), count: count)
    }
  }

  /// Samples of `checks` and `group_duration` whose check or group had no room.
  func leftOutSamples(_ aggregates: AggregateStore) -> UInt64 { leftOut.map { aggregates[$0].count } ?? 0 }

  /// The names of the groups down to one, as k6 cuts its path: at every `::`, the piece before the first left out.
  static func parts(_ path: [UInt8]) -> [[UInt8]] {
    Array(path.split(separator: separator, omittingEmptySubsequences: false).dropFirst()).map(Array.init)
  }
}
