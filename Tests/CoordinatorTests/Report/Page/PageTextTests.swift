import Shared
import Testing

@testable import Coordinator

@Suite struct PageTextTests {
  @Test(
    arguments: [
      (0.0, 0, "0"), (-0.0, 0, "0"), (-0.4, 0, "0"), (-0.004, 2, "0.00"), (-0.6, 0, "−1"),
      (999.5, 0, "1,000"),
      (1_234_567.891, 1, "1,234,567.9"), (-1234.5, 1, "−1,234.5"), (0.5, 0, "0"), (1.5, 0, "2"),
      (2.5, 0, "2"),
      (1.115, 2, "1.11"), (1.005, 2, "1.00"), (0.125, 2, "0.12"), (0.285, 2, "0.28"), (12, 3, "12.000"),
      (1e23, 0, "1e+23"), (.infinity, 0, "–"), (.nan, 2, "–"),
    ] as [(Double, Int, String)])
  func `numbers are rounded as printf rounds them, with thousands and without a negative zero`(
    value: Double, digits: Int, text: String
  ) {
    #expect(PageText.grouped(value, digits: digits) == text)
  }

  @Test(
    arguments: [
      (nil, "–"), (843.2, "843\u{202F}ms"), (10, "10\u{202F}ms"), (9.96, "10.0\u{202F}ms"),
      (1, "1.0\u{202F}ms"),
      (0.456, "0.46\u{202F}ms"), (12_345.6, "12,346\u{202F}ms"),
    ] as [(Double?, String)])
  func `milliseconds are whole from ten on`(value: Double?, text: String) {
    #expect(PageText.msUnit(value) == text)
  }

  @Test(
    arguments: [
      (800.0, "800"), (1600, "1.6\u{202F}s"), (1000, "1\u{202F}s"), (0.25, "0.25"),
      (2_500_000, "2,500\u{202F}s"),
      (0, "0"), (0.1 + 0.2, "0.3"),
    ] as [(Double, String)])
  func `axes say seconds from one on`(value: Double, text: String) {
    #expect(PageText.axisMS(value) == text)
  }

  @Test(
    arguments: [
      (0.0014, nil, "0.14"), (0.0014, 0.01, "0.14"), (0.0099, 0.01, "0.990"), (0.00999, 0.01, "0.999"),
      (0.009996, 0.01, "0.9996"), (0.010004, 0.01, "1.0004"), (0.01, 0.01, "1.00"), (0.0101, 0.01, "1.010"),
      (0.000004, 0, "0.0004"), (1, 0.01, "100.00"), (0, 0.01, "0.00"),
    ] as [(Double, Double?, String)])
  func `a rate close to its limit never looks like it`(share: Double, limit: Double?, text: String) {
    #expect(PageText.rate(share, limit: limit) == "\(text)\u{202F}%")
  }

  @Test func `an unknown rate is no number`() { #expect(PageText.rate(nil, limit: 0.01) == "–") }

  @Test(
    arguments: [
      (127.0, 100.0, "+27\u{202F}%"), (99, 100, "−1\u{202F}%"), (99.7, 100, "0\u{202F}%"),
      (100.4, 100, "0\u{202F}%"), (2100, 100, "+2,000\u{202F}%"), (nil, 100, "–"), (100, nil, "–"),
      (100, 0, "–"),
      (0, 100, "–"),
    ] as [(Double?, Double?, String)])
  func `changes are whole percents with a sign`(now: Double?, then: Double?, text: String) {
    #expect(PageText.changeText(now, then) == text)
  }

  @Test(
    arguments: [
      (0.0031, 0.0014, "+0.17\u{202F}pp"), (0.0014, 0.0031, "−0.17\u{202F}pp"),
      (0.00140, 0.00144, "0.00\u{202F}pp"),
      (nil, 0.1, "–"), (0, 0, "0.00\u{202F}pp"),
    ] as [(Double?, Double?, String)])
  func `rates change by percentage points`(now: Double?, then: Double?, text: String) {
    #expect(PageText.points(now, then) == text)
  }

  @Test(
    arguments: [
      (50.0, "50"), (0, "0"), (-0.001, "0"), (33.333, "33.33"), (12.5, "12.5"), (-3.25, "-3.25"),
      (100, "100"),
      (.nan, "0"),
    ] as [(Double, String)])
  func `positions have two decimals at the most`(value: Double, text: String) {
    #expect(PageText.percentText(value) == text)
  }

  @Test(
    arguments: [
      (nil, "–"), (0, "0"), (2050.4, "2,050"), (9.96, "10.0"), (0.5, "0.50"),
    ] as [(Double?, String)])
  func `small rates keep their decimals`(value: Double?, text: String) {
    #expect(PageText.perSecond(value) == text)
  }

  @Test(arguments: [
    (1, "first"), (10, "tenth"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd"),
    (23, "23rd"), (24, "24th"), (111, "111th"), (1001, "1,001st"),
  ])
  func `nights are counted`(number: Int, text: String) { #expect(PageText.ordinal(number) == text) }

  @Test func `days, times and numbers of things are in words`() throws {
    let day = try #require(UTCDate(year: 2026, month: 3, day: 1))
    #expect(PageText.shortDay(day) == "1 Mar")
    #expect(PageText.longDay(day) == "1 March")
    #expect(PageText.fullDay(day) == "1 March 2026")
    #expect(PageText.weekday(day) == "Sunday")
    #expect(PageText.shortWeekday(day) == "Sun")
    #expect(PageText.time(NightSamples.instant(day)) == "02:14 UTC")
    #expect(PageText.plural(1, "night") == "1 night")
    #expect(PageText.plural(3650, "night") == "3,650 nights")
    #expect(PageText.limitRate(0.07) == "7\u{202F}%")
    #expect(PageText.limitRate(0.005) == "0.5\u{202F}%")
  }
}
