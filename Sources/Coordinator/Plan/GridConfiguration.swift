import Shared
import Yams

/// `grid.yml`: what a suite is, so that the command line stays short. Flags win over it.
struct GridConfiguration: Sendable, Equatable {
  var suite: String?
  var shards: ShardCount?
  var script: String?
  var bundle: String?
  var store: String?
  var environment: [String: String] = [:]
  var k6Options: [String] = []
  var setup: String?
  var maxDuration: String?
  var deadMan: String?
  var lean: Bool?
  /// `nil` when the file says nothing; empty when it says that there are none besides the script's.
  var thresholds: [ScriptPlan.Threshold]?
  var generatorLimits = GeneratorLimits.usual
  var ecs = ECSSettings()
  var release: String?
  var trend = TrendRules()
  var report = ReportSettings()
  var alert = AlertSettings()

  init() {}

  /// - Parameter name: of the file, for the sentences.
  /// - Throws: ``UsageError`` with file, line, what was expected.
  init(yaml: String, name: String) throws {
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch {
      throw UsageError(Self.refusal(of: "\(error)", name: name))
    }
    guard let root else { return }
    let reader = NodeReader(file: name)
    for (key, value) in try reader.mapping(root, "the file") {
      switch key {
      case "suite": suite = try reader.text(value, key)
      case "shards":
        guard let count = ShardCount(try reader.text(value, key)) else {
          throw reader.error(value, "\(key): expected \(ShardCount.expected)")
        }
        shards = count
      case "script": script = try reader.text(value, key)
      case "bundle": bundle = try reader.text(value, key)
      case "store": store = try reader.text(value, key)
      case "env":
        for (variable, text) in try reader.mapping(value, key) {
          environment[variable] = try reader.text(text, "env.\(variable)")
        }
      case "generator": generatorLimits = try reader.generatorLimits(value)
      case "k6_options": k6Options = try reader.list(value, key).map { try reader.text($0, key) }
      case "setup":
        setup = try reader.text(value, key)
        guard SetupMode(rawValue: setup ?? "") != nil else {
          throw reader.error(value, "setup: expected once or per-shard")
        }
      case "max_duration": maxDuration = try reader.duration(value, key, 1...604_800)
      case "dead_man": deadMan = try reader.duration(value, key, 2...86_400)
      case "lean": lean = try reader.truth(value, key)
      case "ecs": ecs = try ECSSettings(value, reader)
      case "release": release = try reader.text(value, key)
      case "trend": trend = try reader.trend(value)
      case "report": report = try ReportSettings(value, reader)
      case "alert": alert = try AlertSettings(value, reader)
      case "thresholds":
        thresholds = try reader.mapping(value, key).flatMap { selector, list in
          try reader.list(list, "thresholds.\(selector)").map { try reader.threshold($0, selector) }
        }
      default:
        throw reader.error(
          key: key, of: root,
          "'\(key)' is not known: expected suite, shards, script, bundle, store, env, k6_options, generator, lean, setup, max_duration, dead_man, ecs, release, trend, report, alert or thresholds"
        )
      }
    }
  }
}

extension GridConfiguration {
  /// Its first line says where and what, as `2:4: error: scanner: ...:`; an excerpt follows.
  private static func refusal(of text: String, name: String) -> String {
    let line = text.split(separator: "\n").first.map(String.init) ?? text
    guard let parts = line.wholeMatch(of: #/(\d+):(\d+): error: (?:\w+: )?(.*?):?/#) else {
      return "\(name) is no YAML: \(line)"
    }
    return "\(name) line \(parts.1), column \(parts.2): it is no YAML: \(parts.3)"
  }
}

/// Reads YAML nodes, and says where what was not expected stands.
struct NodeReader {
  let file: String

  func error(_ node: Node, _ what: String) -> UsageError {
    UsageError("\(file)\(node.mark.map { " line \($0.line), column \($0.column)" } ?? ""): \(what)")
  }

  /// Of a name itself: its value may begin lines below.
  func error(key: String, of node: Node?, _ what: String) -> UsageError {
    let name = node?.mapping?.keys.first { $0.scalar?.string == key }
    return error(name ?? node ?? Node(key), what)
  }

  func mapping(_ node: Node, _ what: String) throws -> [(String, Node)] {
    guard let mapping = node.mapping else {
      throw error(node, "\(what): expected names with values, as 'name: value'")
    }
    return try mapping.map { key, value in (try text(key, "a name"), value) }
  }

  func list(_ node: Node, _ what: String) throws -> [Node] {
    if node.scalar != nil || node.mapping != nil { return [node] }
    guard let sequence = node.sequence else { throw error(node, "\(what): expected a list") }
    return Array(sequence)
  }

  func text(_ node: Node, _ what: String) throws -> String {
    guard let scalar = node.scalar else { throw error(node, "\(what): expected a text") }
    return scalar.string
  }

  /// As it is written, when it is one.
  func duration(_ node: Node, _ what: String, _ range: ClosedRange<Double>) throws -> String {
    let text = try text(node, what)
    do { _ = try RunOptions.duration(text, what, range) } catch { throw self.error(node, "\(error)") }
    return text
  }

  /// Those that are not named stay as usual.
  func generatorLimits(_ node: Node) throws -> GeneratorLimits {
    var limits = GeneratorLimits.usual
    for (key, value) in try mapping(node, "generator") {
      switch key {
      case "cpu": limits.cpu = try share(value, key)
      case "throttled": limits.throttled = try share(value, key)
      case "run_delay": limits.runDelay = try share(value, key)
      case "dropped_iterations": limits.droppedIterations = try share(value, key)
      default:
        throw error(
          key: key, of: node,
          "'generator.\(key)' is not known: expected cpu, throttled, run_delay or dropped_iterations")
      }
    }
    return limits
  }

  /// - Returns: `nil` for `off`.
  private func share(_ node: Node, _ what: String) throws -> Double? {
    let text = try text(node, "generator.\(what)")
    if text == "off" { return nil }
    guard let share = Double(text), share > 0, share <= 1 else {
      throw error(node, "generator.\(what): expected a share above 0 and up to 1, as 0.8, or off")
    }
    return share
  }

  func trend(_ node: Node) throws -> TrendRules {
    var rules = TrendRules()
    for (key, value) in try mapping(node, "trend") {
      let text = try text(value, "trend.\(key)")
      switch key {
      case "branch": rules.branch = text
      case "profile": rules.profile = text
      case "sensitivity":
        guard Sensitivity(rawValue: text) != nil else {
          throw error(value, "trend.sensitivity: expected quiet, normal or keen")
        }
        rules.sensitivityName = text
      default:
        throw error(
          key: key, of: node, "'trend.\(key)' is not known: expected branch, profile or sensitivity")
      }
    }
    return rules
  }

  func truth(_ node: Node, _ what: String) throws -> Bool {
    guard let truth = Bool(try text(node, what)) else {
      throw error(node, "\(what): expected true or false")
    }
    return truth
  }

  /// A text, or k6's object form with `threshold`, `abortOnFail` and `delayAbortEval`.
  func threshold(_ node: Node, _ selector: String) throws -> ScriptPlan.Threshold {
    var threshold = ScriptPlan.Threshold(selector: selector, expression: "")
    if node.scalar != nil {
      threshold = ScriptPlan.Threshold(selector: selector, expression: try text(node, selector))
    } else {
      var (abort, delay): (Bool, Double?) = (false, nil)
      var expression: String?
      for (key, value) in try mapping(node, selector) {
        switch key {
        case "threshold": expression = try text(value, key)
        case "abortOnFail":
          abort = try truth(value, key)
        case "delayAbortEval":
          guard let seconds = parseGoDuration(try text(value, key)) else {
            throw error(value, "delayAbortEval: expected a duration, as 10s")
          }
          delay = seconds
        default:
          throw error(
            key: key, of: node, "'\(key)' is not known: expected threshold, abortOnFail or delayAbortEval")
        }
      }
      guard let expression else { throw error(node, "\(selector): 'threshold' is missing") }
      threshold = .init(selector: selector, expression: expression, abortOnFail: abort, delayAbortEval: delay)
    }
    do { _ = try GateThreshold(threshold, source: .configuration) } catch let problem as ThresholdError {
      throw error(node, "\(problem)")
    } catch let problem as UsageError {
      throw error(node, problem.description)
    }
    return threshold
  }
}
