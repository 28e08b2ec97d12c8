import Shared

extension ScriptPlan {
  /// What k6 counts apart and its summary shows beside the metrics: what the script's thresholds select by tags, and the
  /// requests with an expected response. Of several spellings of the same tags k6 keeps one.
  var k6Submetrics: [MetricSelector] {
    let usual = "http_req_duration{expected_response:true}"
    var found: [MetricSelector] = []
    for text in thresholds.map(\.selector) + [usual] {
      guard let selector = try? MetricSelector(text), !selector.tags.isEmpty,
        !found.contains(where: { $0.metric == selector.metric && $0.tags == selector.tags })
      else { continue }
      found.append(selector)
    }
    return found
  }
}
