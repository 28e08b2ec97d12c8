/// A random part of that many seconds.
@Sendable func liveHistoryWait(_ seconds: Double) async throws {
  try await Task.sleep(for: .seconds(.random(in: 0...max(0, seconds))))
}
