/// Amazon's way of limiting a rate: so many at once, and so many a second.
struct TokenBucket: Sendable {
  let capacity: Double
  /// Tokens a second.
  let refill: Double
  private var level: Double
  private var time: Double

  init(capacity: Double, refill: Double, at now: Double) {
    (self.capacity, self.refill, level, time) = (capacity, refill, capacity, now)
  }

  /// - Parameter now: seconds of a clock that does not go back.
  /// - Returns: whether there were so many tokens.
  mutating func take(_ count: Double = 1, at now: Double) -> Bool {
    level = min(capacity, level + max(0, now - time) * refill)
    time = max(time, now)
    guard level >= count else { return false }
    level -= count
    return true
  }
}

/// The rates that AWS publishes for an account in a Region. Those of the operations that are not here are not
/// published in so many words, so they are free.
struct Rates: Sendable {
  private var runTask: TokenBucket
  private var modify: TokenBucket
  private var read: TokenBucket
  private var register: TokenBucket
  private var onDemandLaunches: TokenBucket
  private var spotLaunches: TokenBucket

  init(at now: Double) {
    // Fargate: 20 calls of RunTask a second, sustained and at once.
    runTask = TokenBucket(capacity: 20, refill: 20, at: now)
    // ECS's "cluster resource modify" and "cluster resource read".
    modify = TokenBucket(capacity: 100, refill: 40, at: now)
    read = TokenBucket(capacity: 100, refill: 20, at: now)
    register = TokenBucket(capacity: 20, refill: 1, at: now)
    // Fargate's launches of tasks, apart for each kind of capacity.
    onDemandLaunches = TokenBucket(capacity: 100, refill: 20, at: now)
    spotLaunches = onDemandLaunches
  }

  mutating func admit(_ operation: ECSOperation, at now: Double) -> Bool {
    switch operation {
    case .runTask: modify.take(at: now) && runTask.take(at: now)
    case .stopTask: modify.take(at: now)
    case .describeTasks, .listTasks: read.take(at: now)
    case .registerTaskDefinition: register.take(at: now)
    case .describeTaskDefinition, .createCluster, .describeClusters: true
    }
  }

  mutating func admitLaunches(_ count: Int, spot: Bool, at now: Double) -> Bool {
    spot ? spotLaunches.take(Double(count), at: now) : onDemandLaunches.take(Double(count), at: now)
  }
}
