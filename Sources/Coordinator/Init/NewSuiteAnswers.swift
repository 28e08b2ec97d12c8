import Shared

/// What is known of a new suite, and how the rest is found out.
struct NewSuiteAnswers: Sendable {
  var suite: String?
  var address: String?
  var shards: String?
  var store: String?
  var length = "1m"
  var ecs = ECSSettings()

  /// - Parameters:
  ///   - folder: whose name is the suite's where nobody says another.
  ///   - ask: puts a question to a person, with what is meant by an empty answer; `nil` where nobody is there.
  /// - Throws: ``UsageError``.
  func completed(in folder: String, ask: ((_ question: String, _ usual: String) -> String?)?) throws
    -> NewSuite
  {
    let usualName = NewSuite.name(of: folder)
    func answer(_ given: String?, _ question: String, _ usual: String) -> String {
      if let given { return given }
      let said = ask?(question, usual)?.trimmed ?? ""
      return said.isEmpty ? usual : said
    }
    let name = answer(suite, "What is the suite called?", usualName)
    let address = answer(address, "Which address is loaded?", "")
    guard !address.isEmpty else {
      throw UsageError(
        "no address was given for the sample script: expected --base-url, as https://staging.example.com/")
    }
    let shards = answer(shards, "How many shards share the load?", "3")
    let store = answer(store, "Where is everything kept (s3://bucket/\(name); empty for ./out)?", "")
    return try NewSuite(
      name: name, address: address, shards: shards, store: store.isEmpty ? nil : store, length: length,
      ecs: ecs
    ).checked()
  }
}
