import ArgumentParser

@main struct FaultProxy: AsyncParsableCommand {
  mutating func run() async throws {}
}
