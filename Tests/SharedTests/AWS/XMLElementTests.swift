import TestSupport
import Testing

@testable import Shared

@Suite struct XMLElementTests {
  private func element(_ text: String) -> XMLElement? { XMLElement(Array(text.utf8)) }

  @Test func `elements, text, entities, CDATA, comments and instructions`() throws {
    let root = try #require(
      element(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a > b --><List xmlns="x" a='1'>
          <Key>a&amp;b &lt;&#233;&#x1F600;&quot;&apos;&gt;</Key><Empty/><Key >second</Key ><Deep><Inner><![CDATA[<&>]]></Inner></Deep>
        </List>

        """))
    #expect(root.name == "List")
    #expect(root["Key"] == "a&b <é😀\"'>")
    #expect(root["Empty"] == "" && root["None"] == nil)
    #expect(root.all("Key").map(\.text) == ["a&b <é😀\"'>", "second"])
    #expect(root.first("Inner")?.text == "<&>")
  }

  @Test(
    arguments: [
      "", "text", "<a>", "<a></b>", "</a>", "<a", "<a>&nbsp;</a>", "<a>&amp</a>", "<a>&#xD800;</a>",
      "<a/><b/>",
      "<!DOCTYPE a><a/>", "<a><![CDATA[x</a>", "<!-- <a/>", "< a/>", "<a>&#99999999999;</a>",
      String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
    ])
  func `what is not well-formed is nothing`(text: String) { #expect(element(text) == nil) }

  @Test func `no bytes make it crash`() {
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "<", ">", "/", "&", ";", "a", "!--", "-->", "<![CDATA[", "]]>", "?", "&#", "x", "\u{0}", "é", " ",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }
      _ = element(text.joined())
    }
  }

  @Test(
    arguments: [
      (
        400, #"{"__type":"com.amazonaws.ecs#ClusterNotFoundException:http://x/","Message":"m"}"#, [],
        "ClusterNotFoundException", "m"
      ),
      (400, #"{"__type":"ThrottlingException","message":"m"}"#, [], "ThrottlingException", "m"),
      (400, "{}", [("X-Amzn-ErrorType", "aws#Foo:x")], "Foo", ""), (500, "", [], "", ""),
      (
        403, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>", [],
        "SignatureDoesNotMatch", ""
      ),
      (502, "<html><h1>bad gateway</h1></html>", [], "", ""), (400, "{not json", [], "", ""),
    ] as [(Int, String, [(String, String)], String, String)])
  func `what an error's answer says`(
    status: Int, body: String, headers: [(String, String)], code: String, message: String
  ) {
    let answer = AWSErrorAnswer(
      HTTPResponse(status: status, headers: headers.map { ($0.0, $0.1) }, body: Array(body.utf8)))
    #expect(answer.code == code && answer.message == message)
  }
}
