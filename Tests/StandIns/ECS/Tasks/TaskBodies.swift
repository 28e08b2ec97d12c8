import Synchronization

/// All that the stand-in has started, so that its own end leaves nothing behind.
final class TaskBodies: Sendable {
  private let all = Mutex<(bodies: [any TaskBody], isClosed: Bool)>(([], false))

  /// - Throws: ``StartFailure``, also after ``endAll()``.
  func add<Body: TaskBody>(_ start: () throws -> Body) throws -> Body {
    try all.withLock { all in
      guard !all.isClosed else { throw StartFailure("the stand-in is ending") }
      let body = try start()
      all.bodies.append(body)
      return body
    }
  }

  var runningCount: Int { all.withLock { $0.bodies.count { $0.exitCode == nil } } }

  func endAll() {
    all.withLock { all in
      all.isClosed = true
      for body in all.bodies where body.exitCode == nil { body.discard() }
    }
  }
}
