import Shared
import Yams

/// `report:` in `grid.yml`: the trend page, and where it will be found.
struct ReportSettings: Sendable, Equatable {
  /// Ends with `/`; `nil` when nobody has said it.
  var url: String?
  /// `02:17 UTC`: for a page without nights.
  var firstRun: String?

  init() {}

  init(_ node: Node, _ reader: NodeReader) throws {
    for (key, value) in try reader.mapping(node, "report") {
      let text = try reader.text(value, "report.\(key)")
      switch key {
      case "url":
        guard let address = PageText.webAddress(text) else {
          throw reader.error(value, "report.url: expected an address, as https://acme.github.io/checkout/")
        }
        url = address.hasSuffix("/") ? address : address + "/"
      case "first_run": firstRun = text
      default:
        throw reader.error(key: key, of: node, "'report.\(key)' is not known: expected url or first_run")
      }
    }
  }
}
