import Foundation

/// Carries out work of seconds on a thread of its own. On one of those that tasks share, a few in a process, it would keep the
/// stand-ins of the same process from answering, and a client that got no answer in time says the same once more.
package func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws
  -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
  }
}
