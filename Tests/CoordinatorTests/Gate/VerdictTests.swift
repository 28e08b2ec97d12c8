import Shared
import Testing

@testable import Coordinator

/// The order of the verdict, as a table of everything that it depends on.
@Suite struct VerdictTests {
  private enum Breach: CaseIterable {
    case none, latency, throughputFloor, errorRate, latencyAndErrorRate, scriptFailed
  }

  private static func judgements(_ breach: Breach, hasUnjudged: Bool) throws -> [Judgement] {
    var judgements = [try Samples.judgement(.holds)]
    switch breach {
    case .none, .scriptFailed: break
    case .latency: judgements.append(try Samples.judgement(.crossed, type: .trend))
    case .throughputFloor: judgements.append(try Samples.judgement(.crossed, type: .counter))
    case .errorRate: judgements.append(try Samples.judgement(.crossed, type: .rate))
    case .latencyAndErrorRate:
      judgements.append(try Samples.judgement(.crossed, type: .trend))
      judgements.append(try Samples.judgement(.crossed, type: .rate))
    }
    if hasUnjudged { judgements.append(try Samples.judgement(.noSamples)) }
    return judgements
  }

  @Test func `every combination`() throws {
    var seen: [Verdict: Int] = [:]
    for hasProblem in [false, true] {
      for windowShare in [nil, 0.95, 0.9, 0.899] as [Double?] {
        for isAborted in [false, true] {
          for hasUnjudged in [false, true] {
            for isSaturated in [false, true] {
              for breach in Breach.allCases {
                for isDegraded in [false, true] {
                  let input = GateInput(
                    shardProblems: hasProblem ? ["shard 1 is missing"] : [], windowShare: windowShare,
                    abortedBy: isAborted ? "checks rate>0.9" : nil,
                    judgements: try Self.judgements(breach, hasUnjudged: hasUnjudged),
                    scriptFailures: breach == .scriptFailed ? ["the script called test.fail()"] : [],
                    saturation: isSaturated ? ["out of breath"] : [],
                    degradation: isDegraded ? "slower than usual" : nil)
                  let expected: Verdict
                  // Written anew from the rules, in their order.
                  if hasProblem || (!isAborted && windowShare == 0.899) {
                    expected = .incomplete
                  } else if isAborted {
                    expected = .fail
                  } else if hasUnjudged && breach == .none {
                    expected = .incomplete
                  } else if isSaturated && [.none, .latency, .throughputFloor].contains(breach) {
                    expected = .incomplete
                  } else if breach != .none {
                    expected = .fail
                  } else {
                    expected = isDegraded ? .degraded : .pass
                  }
                  let decision = decide(input)
                  #expect(decision.verdict == expected, "\(input)")
                  #expect(decision.reasons.isEmpty == (expected == .pass))
                  // Breaches are listed whatever the verdict is.
                  let breaches = input.judgements.filter(\.isBreach).map(\.sentence) + input.scriptFailures
                  #expect(breaches.allSatisfy(decision.reasons.contains))
                  seen[expected, default: 0] += 1
                }
              }
            }
          }
        }
      }
    }
    #expect(seen.values.reduce(0, +) == 768)
    #expect(seen.count == 4)
  }

  @Test func `exit codes`() {
    #expect(
      [Verdict.pass, .degraded, .fail, .incomplete].map { $0.exitCode(failOnDegraded: false) } == [
        0, 0, 1, 2,
      ])
    #expect(Verdict.degraded.exitCode(failOnDegraded: true) == 1)
  }
}
