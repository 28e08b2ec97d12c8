/// As mails and pagers have it.
extension AlertThreshold {
  /// `p95 latency`, `error rate`, `throughput`; of any other its selector and measure.
  var plainLabel: String {
    switch (selector, measure) {
    case ("http_req_duration", _): "\(plainMeasure) latency"
    case ("http_req_failed", "rate"): "error rate"
    case ("http_reqs", "rate"): "throughput"
    default: "\(PlainText.outside(selector, most: 40)) \(plainMeasure)"
    }
  }

  /// `p95`, where a line has little room.
  var shortLabel: String { selector == "http_req_duration" ? plainMeasure : plainLabel }

  /// Of a threshold that this version cannot read it is the whole expression.
  private var plainMeasure: String { PlainText.outside(measure, most: 24) }

  var plainActual: String? { actual.map(PlainText.ascii) }
  var plainLimit: String { PlainText.ascii(limit) }

  /// `p95 latency 843 ms, limit < 800 ms`
  var plainSentence: String {
    let value = plainActual.map { "\(plainLabel) \($0)" } ?? plainLabel
    return plainLimit.isEmpty ? value : "\(value), limit \(plainLimit)"
  }

  /// What it is held against, as titles have it: `limit 800 ms`, `limit >= 2000/s`.
  var shortLimit: String {
    let isCeiling = plainLimit.hasPrefix("< ") || plainLimit.hasPrefix("<= ")
    return "limit " + (isCeiling ? plainLimit.drop { $0 != " " }.dropFirst() : plainLimit[...])
  }

  var plainWord: String {
    switch outcome {
    case .crossed: "FAIL"
    case .holds: "ok"
    case .undecided: "not judged"
    case .noSamples: "no samples"
    }
  }

  /// `  p95 latency  843 ms  limit < 800 ms  usual 640 ms  +32 %  FAIL`
  var plainRow: [String] {
    let before = (usual.map { "usual \($0)" } ?? lastGreen.map { "last green \($0)" }).map(PlainText.ascii)
    return [
      plainLabel, plainActual ?? "-", plainLimit.isEmpty ? "" : "limit \(plainLimit)", before ?? "",
      change.map(PlainText.ascii) ?? "", plainWord,
    ]
  }
}
