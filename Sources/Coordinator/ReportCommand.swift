import ArgumentParser
import Shared

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draws the trend page from the history and the stored runs, and publishes it.",
    discussion: """
      The page goes to 'report/' in the store; with --pages also to a branch that GitHub Pages serve, with --out also to a \
      folder. Nights that have a page are not drawn again, but the newest two; --all draws every night.

        coordinator report out
        coordinator report --config grid.yml --pages gh-pages
        coordinator report s3://bucket/checkout --out site --all

      Exit codes: 0 published; 2 not, or not everywhere; 64 wrong usage.
      """)

  @OptionGroup var place: StoreFlags
  @Option(
    help: ArgumentHelp(
      "A branch for GitHub Pages, as gh-pages or gh-pages:load.", valueName: "[repository#]branch[:folder]"))
  var pages: String?
  @Option(
    help: ArgumentHelp(
      "A folder for the whole site, as for actions/upload-pages-artifact.", valueName: "folder"))
  var out: String?
  @Flag(help: "Do not publish to the store.")
  var noStore = false
  @Flag(help: "Draw the page of every night again.")
  var all = false
  @Option(help: ArgumentHelp("Templates in place of the program's own.", valueName: "folder"))
  var templates: String?

  mutating func run() async throws {
    let targets = ReportTargets(
      pages: pages, folder: out, isStored: !noStore, isWhole: all, templates: templates)
    let named = place.named
    throw await carriedOut("The trend page was not published") { try await liveReport(named, targets) }
  }
}
