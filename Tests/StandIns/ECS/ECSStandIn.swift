import ArgumentParser

@main struct ECSStandIn: AsyncParsableCommand {
  mutating func run() async throws {}
}
