import Foundation
import Shared
import SystemPackage

/// The run that a job of GitHub's has begun.
struct JobRun: Sendable, Codable, Equatable {
  let nonce: String
  /// `nil` until it has its place.
  var run: RunID?
}

/// Where the steps of one job of GitHub's tell each other which run of a store is their own: in the runner's folder for the
/// job, which no other job shares, not even of the same workflow run.
struct JobRunFile: Sendable {
  private let path: FilePath

  /// - Returns: `nil` outside of a job.
  init?(environment: [String: String], store: StoreLocation) {
    guard environment["GITHUB_ACTIONS"] == "true", let folder = environment["RUNNER_TEMP"], !folder.isEmpty
    else { return nil }
    path = FilePath(folder).appending("k6-grid-\(sha256(Array("\(store)".utf8)).prefix(12)).json")
  }

  func write(_ run: JobRun) throws {
    do { try Data(encoded(run)).write(to: URL(fileURLWithPath: path.string), options: .atomic) } catch {
      throw UsageError(
        "\(path) cannot be written, which tells the job's last step what to stop: expected a RUNNER_TEMP that can be written to (\(error))"
      )
    }
  }

  /// - Returns: `nil` when the job has begun none.
  /// - Throws: ``UnreadableDocument``.
  func read() throws -> JobRun? {
    guard isReadableFile(path.string) else { return nil }
    return try decoded(JobRun.self, from: readFile(path), name: path.string)
  }
}
