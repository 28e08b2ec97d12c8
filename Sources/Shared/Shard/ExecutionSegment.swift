/// One shard's exact share of a k6 test. Exact fractions only: k6 refuses a segment that is not literally a
/// part of the sequence, and without the sequence the parts do not add up (k6 0.57 to 2.2).
package struct ExecutionSegment: Sendable, Hashable {
  package let index: Int
  package let count: Int

  /// - Returns: `nil` unless 0 <= index < count.
  package init?(index: Int, count: Int) {
    guard count > 0, (0..<count).contains(index) else { return nil }
    (self.index, self.count) = (index, count)
  }

  /// The value of `--execution-segment`, as `1/3:2/3`.
  package var segment: String { "\(bound(index)):\(bound(index + 1))" }

  /// The value of `--execution-segment-sequence`, as `0,1/3,2/3,1`.
  package var sequence: String { (0...count).map(bound).joined(separator: ",") }

  private func bound(_ number: Int) -> String {
    switch number {
    case 0: "0"
    case count: "1"
    default: "\(number)/\(count)"
    }
  }
}
