import Testing

@testable import ShardAgent

@Suite struct SetupTokensTests {
  private func values(_ json: String) -> [String] { SetupTokens.find(json).map(\.value) }

  @Test(
    arguments: [
      (#"{"token":"eyJhbGciOi.eyJzdWIi.sig"}"#, ["eyJhbGciOi.eyJzdWIi.sig"]),
      (#"{"headers":{"Authorization":"Bearer abcdefghijkl"}}"#, ["Bearer abcdefghijkl", "abcdefghijkl"]),
      (#"[{"user":"alice","password":"correcthorse"}]"#, ["correcthorse"]),
      (#""9f86d081884c7d65""#, ["9f86d081884c7d65"]), (#"{"id":"AbCdEfGhIj"}"#, ["AbCdEfGhIj"]),
      (#"{"callback":"https://a.example/x?sig=1"}"#, ["https://a.example/x?sig=1"]),
      (#"{"a":"9f86d081884c7d65","b":"9f86d081884c7d65"}"#, ["9f86d081884c7d65"]),
    ])
  func `what looks like a token, or is called one, is one`(json: String, expected: [String]) {
    #expect(values(json) == expected)
  }

  @Test(
    arguments: [
      #"{"baseUrl":"https://staging1.example.com"}"#, #"{"product":"checkout page"}"#, #"{"n":12345678901}"#,
      #"{"token":"short"}"#, #"{"env":"production"}"#, "null", "no JSON", #"{"token":null,"on":true}"#,
    ])
  func `addresses, words and numbers are not`(json: String) { #expect(values(json).isEmpty) }

  @Test func `each has a name by which all shards know it`() {
    let json = #"{"users":[{"name":"a","token":"first-one-1"},{"name":"b","token \"x":"second-one-2"}]}"#
    #expect(SetupTokens.find(json).map(\.name) == ["setup.users.0.token", "setup.users.1.token__x"])
  }

  @Test func `there is an end to it`() {
    let many = (0..<2000).map { #""token-\#($0)-abcdef""# }.joined(separator: ",")
    #expect(SetupTokens.find("[\(many)]").count == SetupTokens.most)
  }
}
