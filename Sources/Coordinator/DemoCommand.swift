import ArgumentParser
import Shared

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Makes up a history and draws the page of it, to see what that looks like.",
    discussion: """
      The nights are the same every time. What lies in the folder is a store as runs leave it: history.csv, the newest \
      runs' result.json, and the page in report/.

        coordinator demo
        coordinator demo --nights 9 --templates my-templates
      """)

  @Option(help: ArgumentHelp("Where it is written: a new folder, or an earlier demo's.", valueName: "folder"))
  var out = "out/demo"
  @Option(help: ArgumentHelp("How many days of history, 0 to 3650.", valueName: "days"))
  var nights = 120
  @Option(help: ArgumentHelp("Templates in place of the built-in ones.", valueName: "folder"))
  var templates: String?

  mutating func run() async throws {
    let (folder, days, templates) = (out, nights, templates)
    throw await carriedOut { try await liveDemo(folder: folder, days: days, templates: templates) }
  }
}
