/// A point in a box of 1000 x 1000, y downwards.
struct PagePoint: Equatable, Sendable {
  let x, y: Double

  /// Whole numbers: a thousandth of a plot is less than a pixel.
  fileprivate var text: String { "\(Self.whole(x)) \(Self.whole(y))" }

  private static func whole(_ value: Double) -> Int {
    Int(exactly: value.rounded(.toNearestOrEven)) ?? 0
  }
}

/// SVG path data.
enum PagePath {
  /// Joins neighbours; `nil` is a gap, and a point alone a dot.
  static func polyline(_ points: [PagePoint?]) -> String {
    points.split(separator: nil).map { run in
      "M" + run.compactMap { $0?.text }.joined(separator: " ") + (run.count == 1 ? "h0" : "")
    }.joined()
  }

  static func dots(_ points: [PagePoint]) -> String { points.map { "M\($0.text)h0" }.joined() }

  /// Between two lines from left to right.
  static func area(_ upper: [PagePoint], _ lower: [PagePoint]) -> String {
    upper.isEmpty ? "" : "M" + (upper + lower.reversed()).map(\.text).joined(separator: " ") + "z"
  }
}
