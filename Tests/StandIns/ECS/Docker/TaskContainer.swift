import Foundation
import Glibc
import Synchronization
import TestSupport

/// A task's container of the Docker engine. Its output is kept, and told on stdout as a log driver would, when it has ended.
final class TaskContainer: TaskBody {
  private let engine: DockerEngine
  private let name: String
  private let request: ContainerRequest
  private let files: (output: String, errors: String)
  private let state = Mutex<(exitCode: Int32?, endReason: String?, isDiscarded: Bool)>((nil, nil, false))

  init(_ request: ContainerRequest, engine: DockerEngine, output: String, errors: String) {
    (self.engine, self.request, files) = (engine, request, (output, errors))
    name = "k6-grid-task-\(request.task.id)"
  }

  var exitCode: Int32? { state.withLock { $0.exitCode } }
  var endReason: String? { state.withLock { $0.endReason } }
  let processID: pid_t? = nil

  /// - Throws: ``StartFailure``.
  func start() async throws {
    let failure = await withCheckedContinuation { continuation in
      Thread.detachNewThread { [self] in
        do {
          try create()
          continuation.resume(returning: StartFailure?.none)
        } catch {
          state.withLock { $0.exitCode = 128 }
          remove()
          continuation.resume(returning: error as? StartFailure ?? StartFailure("\(error)"))
          return
        }
        watch()
      }
    }
    if let failure { throw failure }
  }

  private func create() throws {
    let image = request.json["Image"]?.string ?? ""
    let created = try engine.call("POST", "/containers/create?name=\(name)", request.json)
    if created.status == 404 {
      throw StartFailure(
        reason:
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \(image): \(image): not found"
      )
    }
    guard created.status == 201 else { throw StartFailure(created.message) }
    guard !state.withLock(\.isDiscarded) else { throw StartFailure("the stand-in is ending") }
    let started = try engine.call("POST", "/containers/\(name)/start")
    guard started.status < 300 else { throw StartFailure(started.message) }
  }

  /// Until it ends; then its output is taken, and it is removed with its volumes.
  private func watch() {
    let waited = try? engine.call("POST", "/containers/\(name)/wait")
    let code = waited.flatMap { try? JSON($0.body)["StatusCode"]?.integer } ?? 137
    let seen = try? engine.call("GET", "/containers/\(name)/json")
    let wasOutOfMemory = seen.flatMap { try? JSON($0.body)["State"]?["OOMKilled"]?.bool } ?? false
    keep("stdout", in: files.output)
    keep("stderr", in: files.errors)
    remove()
    state.withLock {
      $0.exitCode = Int32(clamping: code)
      if wasOutOfMemory { $0.endReason = "OutOfMemoryError: Container killed due to memory usage" }
    }
  }

  private func keep(_ stream: String, in file: String) {
    let answer = try? engine.call("GET", "/containers/\(name)/logs?\(stream)=1")
    guard let answer, answer.status == 200 else { return }
    let text = dockerLogText(answer.body)
    try? text.write(to: URL(fileURLWithPath: file))
    let id = request.task.id.prefix(8)
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") { print("\(id) | \(line)") }
    fflush(nil)
  }

  private func remove() { _ = try? engine.call("DELETE", "/containers/\(name)?force=1&v=1") }

  private func kill(_ signal: String) {
    guard exitCode == nil else { return }
    _ = try? engine.call("POST", "/containers/\(name)/kill?signal=\(signal)")
  }

  func terminate() { kill("SIGTERM") }

  func killAll() { kill("SIGKILL") }

  func discard() {
    state.withLock { $0.isDiscarded = true }
    remove()
  }
}

extension DockerEngine {
  /// Containers that an earlier stand-in of this network left behind when it was killed.
  func removeTasks(of network: String) throws {
    let filter = JSON.object(["label": [.string("\(ContainerRequest.label)=\(network)")]]).text
    let escaped = String(decoding: filter, as: UTF8.self)
      .addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    let answer = try call("GET", "/containers/json?all=1&filters=\(escaped ?? "")")
    guard answer.status == 200, let list = try JSON(answer.body).array else {
      throw Failure(message: "Docker does not say which containers there are: \(answer.message)")
    }
    for container in list {
      _ = try call("DELETE", "/containers/\(container["Id"]?.string ?? "")?force=1&v=1")
    }
  }
}
