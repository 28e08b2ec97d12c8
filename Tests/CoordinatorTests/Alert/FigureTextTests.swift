import Testing

@testable import Coordinator

@Suite struct FigureTextTests {
  @Test(
    arguments: [
      ("843 ms", "843 ms"), ("≥ 2000/s", "≥ 2,000/s"), ("1234567.12345 ms", "1,234,567.12345 ms"),
      ("0.31 %", "0.31 %"),
      ("", ""), ("1e+308 ms", "1e+308 ms"), ("▲ 12000 %", "▲ 12,000 %"), ("999", "999"),
    ])
  func `thousands are apart, decimals are not`(text: String, shown: String) {
    #expect(FigureText.plain(text) == shown)
  }

  @Test(
    arguments: [
      ("843 ms", "843\u{202F}ms"), ("< 800 ms", "\\<\u{202F}800\u{202F}ms"), ("0.31 %", "0.31\u{202F}%"),
      ("a.evil.example", "a.\u{2060}evil.\u{2060}example"), ("@x | y", "@\u{2060}x \\| y"),
    ])
  func `what the gate wrote stays, what it did not is text`(text: String, shown: String) {
    #expect(FigureText.markdown(text) == shown)
  }
}
