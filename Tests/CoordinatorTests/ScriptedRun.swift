import Shared
import Synchronization

@testable import Coordinator

/// What a run is given in tests: a clock, shards and a display of the test's own.
enum Scripted {
  /// A clock that goes on only by sleeping.
  final class Clock: Sendable {
    private let seconds = Mutex(0.0)
    var now: UTCInstant { Samples.instant(100 + seconds.withLock { $0 }) }
    func advance(_ duration: Duration) { seconds.withLock { $0 += duration / .seconds(1) } }
  }

  /// Its shards do at every question about their state what the test says.
  final class Launcher: ShardLauncher {
    typealias Step = @Sendable (_ shard: Int, _ question: Int) async throws -> LaunchState
    private let step: Step
    private let questions = Mutex<[Int: Int]>([:])
    private let ended = Mutex<Set<Int>>([])
    let stops = Mutex<[Int: Int]>([:])
    let ends = Mutex<[Int: Int]>([:])
    let urgentLooks = Mutex(0)
    let launches = Mutex<[ShardSpec]>([])
    var environments: [Int: [String: String]] {
      launches.withLock { Dictionary($0.map { ($0.index, $0.environment) }) { $1 } }
    }

    init(_ step: @escaping Step) { self.step = step }

    func launch(_ shards: [ShardSpec]) async throws {
      launches.withLock { $0 += shards }
      ended.withLock { $0.subtract(shards.map(\.index)) }
    }

    /// How often it was launched.
    func attempts(_ index: Int) -> [Int] {
      launches.withLock { $0.filter { $0.index == index }.map(\.attempt) }
    }

    func refresh(isUrgent: Bool) async { if isUrgent { urgentLooks.withLock { $0 += 1 } } }

    func state(_ index: Int) async -> LaunchState {
      if ended.withLock({ $0.contains(index) }) { return .ended(ShardFate("its agent ended with code 105")) }
      let question = questions.withLock { questions in
        questions[index, default: 0] += 1
        return questions[index, default: 0]
      }
      return (try? await step(index, question)) ?? .ended(ShardFate("the test's own step failed"))
    }

    func stop(_ index: Int, reason: String) async {
      stops.withLock { $0[index, default: 0] += 1 }
      ended.withLock { _ = $0.insert(index) }
    }

    func end(_ index: Int) async {
      ends.withLock { $0[index, default: 0] += 1 }
      ended.withLock { _ = $0.insert(index) }
    }
  }

  /// Keeps when it was told what.
  final class Watcher: RunDisplay {
    let looks = Mutex<[GridProgress]>([])
    let notes = Mutex<[String]>([])
    let starts = Mutex<[UTCInstant]>([])
    let ends = Mutex(0)
    func launched(_ plan: RunPlan) {}
    func ready(_ count: Int, of total: Int) {}
    func note(_ sentence: String) { notes.withLock { $0.append(sentence) } }
    func started(at instant: UTCInstant) { starts.withLock { $0.append(instant) } }
    func progress(_ progress: GridProgress) { looks.withLock { $0.append(progress) } }
    func ended() { ends.withLock { $0 += 1 } }
  }
}
