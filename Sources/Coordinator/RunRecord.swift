import Shared

/// What is kept of a run when it is over: `result.json`, from which everything else can be made again, then its line
/// of the history.
struct RunRecord: Sendable {
  /// What came of writing it.
  struct Outcome: Sendable {
    /// Its result is in the store, by whomever.
    let isRecorded: Bool
    /// A sentence for each of the two that could not be written. The verdict stands all the same.
    let problems: [String]
  }

  /// One that bears what may pass.
  let store: any ObjectStore
  /// As ``History`` waits.
  let wait: @Sendable (_ seconds: Double) async throws -> Void

  /// A run is recorded once: by its coordinator, or by `coordinator stop`, whoever is first.
  func write(_ result: RunResult) async -> Outcome {
    var problems: [String] = []
    var isRecorded = true
    var document = ResultDocument(result)
    let key = RunKeys(result.plan.run).result
    do {
      if try await store.putDocument(document, at: key, if: .absent) == .conditionFailed {
        problems.append("\(key) is there already and stays: somebody else has recorded the run")
        // What everybody reads is what the line has to say.
        document = (try? await StoredRun(store: store, run: result.plan.run).recorded()) ?? document
      }
    } catch {
      isRecorded = false
      problems.append("\(key) could not be written: \(error)")
    }
    do { try await History(store: store, wait: wait).append(try HistoryRecord(document)) } catch {
      problems.append("the run has no line in \(historyKey): \(error)")
    }
    return Outcome(isRecorded: isRecorded, problems: problems)
  }
}
