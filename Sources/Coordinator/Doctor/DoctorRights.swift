import Shared

/// What IAM says that somebody may do, reckoned by IAM itself: nothing is done.
struct SimulatedRights: Sendable, Equatable {
  /// Actions that are not allowed, as `iam:PassRole`, in the order in which they were asked for.
  let lacking: [String]
}

/// A question to IAM's simulator: may these actions be done on that resource?
struct RightsQuestion: Sendable, Equatable {
  var actions: [String]
  /// An ARN, or `*`.
  var resource: String
  /// Condition keys with their values.
  var context: [(key: String, value: String)] = []

  static func == (left: RightsQuestion, right: RightsQuestion) -> Bool {
    left.actions == right.actions && left.resource == right.resource
      && left.context.map(\.key) == right.context.map(\.key)
      && left.context.map(\.value) == right.context.map(\.value)
  }

  func parameters(of principal: String) -> [(name: String, value: String)] {
    var parameters = [(name: "PolicySourceArn", value: principal)]
    for (index, action) in actions.enumerated() {
      parameters.append(("ActionNames.member.\(index + 1)", action))
    }
    parameters.append(("ResourceArns.member.1", resource))
    for (index, entry) in context.enumerated() {
      let name = "ContextEntries.member.\(index + 1)"
      parameters += [
        ("\(name).ContextKeyName", entry.key), ("\(name).ContextKeyType", "string"),
        ("\(name).ContextKeyValues.member.1", entry.value),
      ]
    }
    return parameters
  }

  func rights(_ answer: XMLElement) -> SimulatedRights? {
    guard let results = answer.first("EvaluationResults")?.all("member"), results.count >= actions.count
    else {
      return nil
    }
    let allowed = results.filter { $0["EvalDecision"] == "allowed" }.compactMap { $0["EvalActionName"] }
    return SimulatedRights(lacking: actions.filter { !allowed.contains($0) })
  }
}

/// Whose rights IAM can reckon with.
enum Principal {
  /// A session's role, a user; `nil` for the account's root, which may do everything and which IAM does not simulate, and for
  /// federated users.
  static func name(_ arn: String) -> (kind: String, name: String)? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6 else { return nil }
    let path = parts[5].split(separator: "/").map(String.init)
    switch path.first {
    case "assumed-role" where path.count >= 2: return ("role", path[1])
    case "user", "role": return path.last.map { (path[0], $0) }
    default: return nil
    }
  }
}

/// A role of the task definition, as IAM knows it.
struct IAMRole: Sendable, Equatable {
  let arn: String
  /// JSON, percent-encoded as IAM gives it.
  let trust: String

  /// Whether tasks of ECS may have it.
  var isForTasks: Bool { trust.contains("ecs-tasks.amazonaws.com") }
}

extension DoctorFinding {
  /// - Parameters:
  ///   - arn: as the task definition has it; `nil` when it names none.
  ///   - needed: why there has to be one; `nil` when a task does without.
  static func role(
    _ check: DoctorCheck, _ what: String, _ arn: String?, needed: String?, _ asked: Asked<IAMRole>
  ) -> DoctorFinding {
    guard let arn else {
      guard let needed else { return .ok(check, "the task definition names no \(what), and needs none") }
      return .fault(
        check, "the task definition names no \(what), which \(needed)",
        do: "give it one (docs/aws.md#permissions)")
    }
    let absent = DoctorFinding.fault(
      check, "there is no role \(arn)", do: "make it, or name another in the task definition")
    return asked.finding(check, missing: absent) { role in
      guard role.isForTasks else {
        return .fault(
          check, "the trust policy of \(arn) does not name ecs-tasks.amazonaws.com: ECS cannot assume it",
          do: "let the service ecs-tasks.amazonaws.com assume it (sts:AssumeRole)")
      }
      return .ok(check, "\(arn) is there, and ECS may assume it")
    }
  }

  /// - Parameters:
  ///   - who: `the task role`, `these credentials`.
  ///   - purpose: of all of them.
  static func rights(
    _ check: DoctorCheck, _ who: String, _ purpose: String, _ asked: [Asked<SimulatedRights>]
  ) -> DoctorFinding {
    let lacking = asked.flatMap { $0.value?.lacking ?? [] }
    guard lacking.isEmpty else {
      return .fault(
        check, "\(who) may not \(lacking.joined(separator: ", ")), which \(purpose) needs",
        do: "allow it (docs/aws.md#permissions)")
    }
    let silent = asked.first { $0.value == nil }
    let all: Asked<SimulatedRights> = silent ?? .answer(SimulatedRights(lacking: []))
    return all.finding(check, missing: .notChecked(check, "IAM does not know \(who)")) { _ in
      .ok(check, "\(who) may do what \(purpose) needs")
    }
  }
}
