import Shared
import Testing

@testable import Coordinator

@Suite struct SaturationTests {
  private func sentences(_ generators: [GeneratorHealth]) -> [String] {
    saturation(generators.map { Samples.summary(generator: $0) })
  }

  private func local(_ share: Double, machine: String = "a") -> GeneratorHealth {
    GeneratorHealth(k6CPUSeconds: 1, cpuLimit: 2, cpuShare: share, machine: machine, machineCPUs: 2)
  }

  @Test func `a shard above 80 % of its own CPU is named`() {
    #expect(
      sentences([local(0.1), local(0.81, machine: "b")]).map { $0.prefix(24) } == ["the generator of shard 1"]
    )
    #expect(sentences([local(0.8)]).isEmpty)
  }

  @Test func `shards of one machine are out of breath together`() {
    #expect(
      sentences([local(0.3), local(0.3), local(0.3)]) == [
        "the machine of shards 0, 1, 2 was out of breath: their k6 and agents used 90 % of its CPU"
      ])
    let two = sentences([local(0.5), local(0.5), local(0.9, machine: "b"), local(0.1, machine: "b")])
    #expect(two.count == 3, "a shard of its own, and both machines: \(two)")
    #expect(sentences([local(0.3), local(0.3, machine: "b"), local(0.3, machine: "c")]).isEmpty)
  }

  @Test func `nothing is known of a shard that has not measured itself`() {
    #expect(sentences([GeneratorHealth(k6CPUSeconds: nil, cpuLimit: 2, cpuShare: nil)]).isEmpty)
    #expect(saturation([nil]).isEmpty)
  }

  @Test func `what the agent uses counts as well`() {
    var generator = local(0.5)
    generator.agentCPUShare = 0.31
    #expect(
      sentences([generator]) == [
        "the generator of shard 0 was out of breath: k6 and its agent used 81 % of its CPU"
      ])
    generator.agentCPUShare = 0.3
    #expect(sentences([generator]).isEmpty)
    #expect(sentences([generator, generator]).count == 1, "their machine")
  }

  @Test func `a container whose limit held it up is named, however little CPU it used`() {
    var generator = local(0.2)
    generator.throttledShare = 0.06
    #expect(
      sentences([generator]) == [
        "the generator of shard 0 was out of breath: its CPU limit held it up for 6 % of the time"
      ])
    generator.throttledShare = 0.05
    #expect(sentences([generator]).isEmpty)
  }
}
