import Shared
import Yams

extension ECSSettings {
  /// The section `ecs:` of `grid.yml`.
  /// - Throws: ``UsageError`` with file, line, what was expected.
  init(_ section: Node, _ reader: NodeReader) throws {
    self.init()
    for (key, value) in try reader.mapping(section, "ecs") {
      let name = "ecs.\(key)"
      switch key {
      case "cluster": cluster = try reader.text(value, name, .cluster)
      case "task_definition": taskDefinition = try reader.text(value, name, .taskDefinition)
      case "container": container = try reader.text(value, name, .container)
      case "subnets": subnets = try reader.texts(value, name, .subnet, most: 16)
      case "security_groups": securityGroups = try reader.texts(value, name, .securityGroup, most: 5)
      case "assign_public_ip": assignPublicIP = try reader.truth(value, name)
      case "launch_type": launchType = try reader.text(value, name, .launchType)
      case "capacity_providers": capacityProviders = try reader.capacityProviders(value, name)
      case "spot_fallback": spotFallback = try reader.spotFallback(value, name)
      case "platform_version": platformVersion = try reader.text(value, name, .platformVersion)
      case "cpu": cpu = try reader.text(value, name, .cpu)
      case "memory": memory = try reader.text(value, name, .memory)
      case "tags": tags = try reader.tags(value, name)
      case "secrets": secrets = try reader.texts(value, name, .secret, most: 100)
      case "describe_interval":
        // Below a second the tasks of many runs would use up what an account may ask.
        describeInterval = parseGoDuration(try reader.duration(value, name, 1...60))
      case "vcpu_hour_usd": vCPUHourPrice = try reader.price(value, name)
      case "gb_hour_usd": gbHourPrice = try reader.price(value, name)
      default:
        throw reader.error(
          key: key, of: section,
          "'\(name)' is not known: expected cluster, task_definition, container, subnets, security_groups, assign_public_ip, launch_type, capacity_providers, spot_fallback, platform_version, cpu, memory, tags, secrets, describe_interval, vcpu_hour_usd or gb_hour_usd"
        )
      }
    }
  }
}

extension NodeReader {
  fileprivate func text(_ node: Node, _ what: String, _ rule: ECSRule) throws -> String {
    let text = try text(node, what)
    guard rule.holds(text) else { throw error(node, "\(what): '\(text)': expected \(rule.expected)") }
    return text
  }

  fileprivate func texts(_ node: Node, _ what: String, _ rule: ECSRule, most: Int) throws -> [String] {
    let texts = try list(node, what).map { try text($0, what, rule) }
    guard texts.count <= most, Set(texts).count == texts.count else {
      throw error(node, "\(what): expected at most \(most), each once")
    }
    return texts
  }

  fileprivate func number(_ node: Node, _ what: String, _ range: ClosedRange<Int>) throws -> Int {
    guard let number = Int(try text(node, what)), range.contains(number) else {
      throw error(node, "\(what): expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  fileprivate func price(_ node: Node, _ what: String) throws -> Double {
    guard let price = Double(try text(node, what)), (0...100).contains(price) else {
      throw error(node, "\(what): expected USD an hour, 0 to 100, as 0.04048")
    }
    return price
  }

  fileprivate func tags(_ node: Node, _ what: String) throws -> [String: String] {
    var tags: [String: String] = [:]
    for (key, value) in try mapping(node, what) {
      guard ECSRule.tagKey.holds(key) else {
        throw error(value, "\(what): the key '\(key)': expected \(ECSRule.tagKey.expected)")
      }
      guard !key.hasPrefix("k6-grid") else {
        throw error(value, "\(what): the key '\(key)': keys that begin with k6-grid are the run's own")
      }
      tags[key] = try text(value, "\(what).\(key)", .tagValue)
    }
    // ECS takes 50, of which the run has five and ECS itself two.
    guard tags.count <= 40 else { throw error(node, "\(what): expected at most 40") }
    return tags
  }

  fileprivate func spotFallback(_ node: Node, _ what: String) throws -> ECSOptions.SpotFallback {
    if try text(node, what) == "off" { return .off }
    guard let refusals = Int(try text(node, what)), (1...100).contains(refusals) else {
      throw error(node, "\(what): expected after how many refusals, 1 to 100, or off")
    }
    return .after(refusals)
  }

  fileprivate func capacityProviders(_ node: Node, _ what: String) throws -> [ECSOptions.CapacityProvider] {
    let providers = try list(node, what).map { entry in
      var provider = ECSOptions.CapacityProvider(name: "", weight: 1, base: 0)
      for (key, value) in try mapping(entry, what) {
        switch key {
        case "name": provider.name = try text(value, "\(what).name", .provider)
        case "weight": provider.weight = try number(value, "\(what).weight", 0...1000)
        case "base": provider.base = try number(value, "\(what).base", 0...100_000)
        default:
          throw error(key: key, of: entry, "'\(what).\(key)' is not known: expected name, weight or base")
        }
      }
      guard !provider.name.isEmpty else { throw error(entry, "\(what): 'name' is missing") }
      return provider
    }
    guard Set(providers.map(\.name)).count == providers.count else {
      throw error(node, "\(what): expected every name once")
    }
    guard providers.contains(where: { $0.weight > 0 }) else {
      throw error(node, "\(what): expected one with a weight above 0")
    }
    guard providers.filter({ $0.base > 0 }).count <= 1 else {
      throw error(node, "\(what): expected a base for one of them only, as ECS has it")
    }
    return providers
  }
}
