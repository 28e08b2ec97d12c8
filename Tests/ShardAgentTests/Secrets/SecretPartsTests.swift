import Testing

@testable import ShardAgent

@Suite struct SecretPartsTests {
  private func redactor(_ secrets: (name: String, value: String)...) -> Redactor {
    let redactor = Redactor()
    redactor.learn(secrets.map { Secret(name: $0.name, value: $0.value, source: "s") }, .silent)
    return redactor
  }

  @Test func `a token that the script trims is found`() {
    let redactor = redactor(("TOKEN", " abcd-1\n"))
    #expect(redactor.redact("<abcd-1>") == "<***TOKEN***>")
    #expect(redactor.redact("< abcd-1\n>") == "<***TOKEN***>")
  }

  @Test func `so is every line, but for what is short`() {
    let redactor = redactor(("KEY", "-----BEGIN-----\r\n  MIIEvQIBADAN\n\nabc\nMIIEvQIBADAO\n"))
    #expect(redactor.redact("a MIIEvQIBADAN b") == "a ***KEY.1*** b")
    #expect(redactor.redact("a MIIEvQIBADAO b") == "a ***KEY.3*** b")
    #expect(redactor.redact("abc") == "abc")
  }

  @Test func `so are the texts of a JSON text, each by its own name`() {
    let json = #"""
      {"users": [{"name": "al", "password": "first-one"}, {"password": "second-one"}], "port": 5432123456,
       "key": "one-line-1\none-line-2\n", "inner": "{\"token\":\"deep-down\"}", "mode": "undefined"}
      """#
    let redactor = redactor(("DB", json), ("OTHER", "second-one"))
    for (text, shown) in [
      ("first-one", "***DB.users.0.password***"), ("second-one", "***OTHER***"),
      ("one-line-2", "***DB.key.1***"),
      ("deep-down", "***DB.inner.token***"), (json, "***DB***"), ("al", "al"), ("5432123456", "5432123456"),
      ("undefined", "undefined"), (#""users": ["#, #""users": ["#),
    ] {
      #expect(redactor.redact("<\(text)>") == "<\(shown)>")
    }
  }

  @Test func `there is an end to it`() {
    let many = (0..<2000).map { #""text-\#($0)-abcdef""# }.joined(separator: ",")
    #expect(SecretParts.find(in: "[\(many)]", name: "X").count == SetupTokens.most)
  }
}
