/// A made-up endpoint of a made-up shop.
struct DemoEndpoint: Sendable {
  let name: String
  /// Of the requests, 0 to 1.
  let share: Double
  /// On an ordinary night, in milliseconds.
  let p95: Double
  /// How much of a step it carries, 0 to 1.
  let burden: Double

  init(_ name: String, share: Double, p95: Double, burden: Double) {
    (self.name, self.share, self.p95, self.burden) = (name, share, p95, burden)
  }

  static let shop = [
    DemoEndpoint("POST /checkout", share: 0.124, p95: 1011, burden: 1),
    DemoEndpoint("GET /cart", share: 0.219, p95: 483, burden: 0.82),
    DemoEndpoint("GET /search", share: 0.182, p95: 735, burden: 0.27),
    DemoEndpoint("GET /product/{id}", share: 0.315, p95: 402, burden: 0.03),
    DemoEndpoint("POST /login", share: 0.041, p95: 547, burden: 0),
    DemoEndpoint("GET /home", share: 0.119, p95: 255, burden: 0),
  ]

  /// A share of the requests, and the response time that they do not exceed as a part of the p95: a steep front, a long tail.
  private static let shape: [(share: Double, part: Double)] = [
    (0, 0.06), (0.0005, 0.08), (0.005, 0.115), (0.02, 0.149), (0.05, 0.183), (0.1, 0.22), (0.15, 0.249),
    (0.2, 0.274), (0.3, 0.322), (0.4, 0.369), (0.5, 0.419), (0.6, 0.476), (0.7, 0.547), (0.8, 0.644),
    (0.86, 0.73), (0.9, 0.814), (0.93, 0.906), (0.95, 1), (0.97, 1.16), (0.98, 1.314), (0.99, 1.6),
    (0.995, 2), (0.998, 2.6), (0.9995, 3.6), (1, 5),
  ]

  /// The same in equal steps, so that it can be looked up.
  private static let parts: [Double] = (0...1024).map { index in
    let share = Double(index) / 1024
    let above = shape.dropFirst().firstIndex { $0.share >= share } ?? shape.count - 1
    let (low, high) = (shape[above - 1], shape[above])
    return low.part + (high.part - low.part) * (share - low.share) / (high.share - low.share)
  }

  /// Response times in milliseconds, spread evenly over the shape, so that few of them tell as much as many thrown ones.
  func durations(_ count: Int, p95: Double, _ random: inout DemoRandom) -> [Double] {
    (0..<count).map { index in
      let place = (Double(index) + random.unit()) / Double(count) * 1024
      let (low, high) = (Self.parts[Int(place)], Self.parts[min(Int(place) + 1, 1024)])
      return p95 * (low + (high - low) * (place - Double(Int(place))))
    }
  }
}
