import Shared

/// Tells people of a run, in the order in which one leads to the other: the issue, the status, the comment, the topics,
/// PagerDuty, the metrics. What fails keeps nothing from being tried; what was done is not done again.
struct Alerts: Sendable {
  /// One that bears what may pass.
  let store: any ObjectStore
  let host: CoordinatorHost
  /// In their order.
  let deliveries: [AlertDelivery]
  /// Seconds for each of them, and for all together.
  var patience = 90.0
  var total = 300.0
  /// Whether ``AlertRecord`` is kept.
  var isRecorded = true

  struct Outcome: Sendable {
    let record: AlertRecord
    /// A sentence for each that was done now.
    let done: [String]
    /// A sentence for each that was not, and for a record that could not be written.
    let problems: [String]
  }

  /// - Parameter isAgain: does also what is done already.
  func deliver(_ facts: AlertFacts, isAgain: Bool = false) async -> Outcome {
    var facts = facts
    var problems: [String] = []
    var record = AlertRecord(facts.plan)
    do { record = try await recorded(facts.plan) ?? record } catch {
      // Better told twice than never.
      problems.append("what was told before is not known: \(error)")
    }
    facts.issue = record.issue
    var done: [String] = []
    let deadline = host.now().advanced(bySeconds: total)
    for delivery in deliveries where isAgain || !record.isDone(delivery.name) {
      let (name, told) = (delivery.name, facts)
      do {
        // The last ones are those that wake people: they get a few seconds in any case.
        let seconds = min(patience, max(10, deadline.seconds(since: host.now())))
        let sent = try await answered(within: seconds, host) { try await delivery.send(told) }
        record.deliveries[name] = AlertRecord.Delivery(
          at: host.now(), what: sent.what, notice: delivery.notice?.kind.rawValue)
        if let issue = sent.issue { (facts.issue, record.issue) = (issue, issue) }
        done.append("\(name): \(sent.what)")
      } catch {
        record.deliveries[name] = AlertRecord.Delivery(at: host.now(), what: "", problem: "\(error)")
        problems.append("\(name) was not delivered: \(error)")
      }
      guard isRecorded else { continue }
      // After each: whoever is cut off here has not to begin anew.
      do { try await store.putDocument(record, at: RunKeys(facts.plan.run).alerts) } catch {
        problems.append("\(RunKeys(facts.plan.run).alerts) could not be written: \(error)")
      }
    }
    return Outcome(record: record, done: done, problems: problems)
  }

  private func recorded(_ plan: RunPlan) async throws -> AlertRecord? {
    let key = RunKeys(plan.run).alerts
    let record = try await store.getDocument(AlertRecord.self, at: key)
    // Another run's leftovers say nothing of this one.
    return record?.nonce == plan.nonce ? record : nil
  }
}
