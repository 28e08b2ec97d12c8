import Foundation
import TestSupport

/// What the server does with an answer.
enum Delivery: Sendable {
  case now
  case late(Duration)
  /// The connection is closed without a word.
  case never
}

struct Answer: Sendable {
  let status: Int
  let body: JSON
  var delivery = Delivery.now
}

extension ECSState {
  /// A call from the door to the record. The request's signature is looked at first, as the real one does.
  func answer(_ request: SigV4.Request, requestID: String) -> Answer {
    let name = request.headers["x-amz-target"].flatMap { target -> String? in
      let prefix = "AmazonEC2ContainerServiceV20141113."
      return target.hasPrefix(prefix) ? String(target.dropFirst(prefix.count)) : nil
    }
    var (answer, asked) = (Answer(status: 200, body: [:]), JSON.null)
    do {
      guard let operation = name.flatMap(ECSOperation.init) else {
        throw ECSError.frontDoor(
          "UnknownOperationException", "'\(name ?? "")' is no operation of the stand-in")
      }
      guard request.headers["content-type"] == "application/x-amz-json-1.1" else {
        throw ECSError.frontDoor(
          "UnknownOperationException", "the content type must be application/x-amz-json-1.1")
      }
      calls[operation.rawValue, default: 0] += 1
      try keys.admit(request, now: Date())
      do { asked = try JSON(request.body) } catch {
        throw ECSError.serialization("the body is no JSON")
      }
      try operation.request.check(asked)
      answer = try carryOut(operation, asked)
    } catch let error as ECSError {
      answer = Answer(status: error.status, body: error.body)
      if error == .throttled { throttles[name ?? "", default: 0] += 1 }
    } catch {
      answer = Answer(status: 500, body: ECSError.server.body)
    }
    keep(name, asked, answer, requestID, agent: request.headers["user-agent"])
    return answer
  }

  private func carryOut(_ operation: ECSOperation, _ asked: JSON) throws -> Answer {
    if settings.enforcesRates, !rates.admit(operation, at: Self.uptime) { throw ECSError.throttled }
    let fault = faults.call(operation.rawValue, shard: operation == .runTask ? shard(of: asked) : nil)
    switch fault?.kind {
    case .throttle: throw ECSError.throttled
    case .serverError: throw ECSError.server
    case .error:
      throw ECSError(
        code: fault?.text("code") ?? "", message: fault?.text("message") ?? "told by a fault",
        status: fault?.number("status").map { Int($0) } ?? 400)
    default: break
    }
    let body = try perform(operation, asked)
    let delivery: Delivery =
      switch fault?.kind {
      case .cut: .never
      case .hang: .late(.milliseconds(fault?.milliseconds ?? 0))
      default: .now
      }
    return Answer(status: 200, body: body, delivery: delivery)
  }

  private func perform(_ operation: ECSOperation, _ asked: JSON) throws -> JSON {
    switch operation {
    case .registerTaskDefinition: try registerTaskDefinition(asked)
    case .describeTaskDefinition: try describeTaskDefinition(asked)
    case .runTask: try runTask(asked)
    case .describeTasks: try describeTasks(asked)
    case .stopTask: try stopTask(asked)
    case .listTasks: try listTasks(asked)
    case .createCluster: try createCluster(asked)
    case .describeClusters: try describeClusters(asked)
    }
  }

  private func keep(
    _ name: String?, _ asked: JSON, _ answer: Answer, _ requestID: String, agent: String?
  ) {
    let delivered = if case .never = answer.delivery { false } else { true }
    record.append(
      JSON([
        "at": .number(now), "operation": .string(name ?? ""), "request": asked,
        "status": .number(Double(answer.status)), "answer": answer.body, "requestID": .string(requestID),
        "delivered": .bool(delivered), "userAgent": agent.map { .string($0) },
      ]))
  }

  /// Takes faults, unless one of them comes too late to happen.
  /// - Throws: ``FaultError``.
  func addFaults(_ value: JSON) throws {
    let list = try Fault.list(value)
    for fault in list {
      guard fault.kind.family != .call, let launch = fault.launch, let shard = fault.shard else { continue }
      let past = launches[shard] ?? 0
      let task = tasks.values.first { $0.shard == shard && $0.launch == launch }
      let isTooLate = past >= launch && (fault.kind.family != .moment || task?.isStopped ?? true)
      guard !isTooLate else {
        throw FaultError(
          message:
            "fault '\(fault.kind.rawValue)': launch \(launch) of shard \(shard) has been, so it would never match"
        )
      }
    }
    faults.add(list)
  }

  /// For `GET /_state`.
  var json: JSON {
    func numbers(_ counts: [String: Int]) -> JSON { .object(counts.mapValues { .number(Double($0)) }) }
    return [
      "runningProcesses": .number(Double(bodies.runningCount)), "calls": numbers(calls),
      "throttles": numbers(throttles), "stops": .array(stops),
      "credentialHandOuts": .number(Double(handOuts)),
      "tasks": .array(taskIDs.compactMap { tasks[$0]?.state }), "faults": faults.json,
    ]
  }
}
