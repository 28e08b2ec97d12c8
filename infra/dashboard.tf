# A run while it goes on: docs/live-metrics.md. All shards write to the same series, so a percentile here is that of all
# requests, and nothing has to be searched for: a search finds a new series only after a quarter of an hour.

locals {
  # What all graphs have in common.
  graph = { view = "timeSeries", region = local.region, period = 60, liveData = true, yAxis = { left = { min = 0 } } }

  # The limits of a suite that are known, as lines.
  lines = {
    for suite, limit in var.suites : suite => {
      duration = [for name, value in { "p(95) limit" = limit.p95_ms, "p(99) limit" = limit.p99_ms } : { label = name, value = value } if value != null]
      errors   = [for value in limit.error_percent[*] : { label = "limit", value = value, fill = "above" }]
      requests = [for value in limit.requests_per_second[*] : { label = "at least", value = value, fill = "below" }]
    }
  }

  graphs = {
    for suite, limit in var.suites : suite => concat([
      {
        title       = "Response time, ms"
        annotations = { horizontal = local.lines[suite].duration }
        metrics = [
          for stat in ["p50", "p95", "p99"] : [local.namespace, "http_req_duration", "Suite", suite, { stat = stat, label = stat }]
        ]
      },
      {
        title       = "Requests per second"
        annotations = { horizontal = local.lines[suite].requests }
        metrics = [
          [local.namespace, "http_reqs", "Suite", suite, { id = "requests", stat = "Sum", visible = false }],
          [{ expression = "requests / PERIOD(requests)", label = "requests/s" }],
        ]
      },
      {
        title       = "Failed requests and checks, %"
        annotations = { horizontal = local.lines[suite].errors }
        metrics = [
          [local.namespace, "http_req_failed", "Suite", suite, { id = "failed", stat = "Average", visible = false }],
          [local.namespace, "checks", "Suite", suite, { id = "passed", stat = "Average", visible = false }],
          [{ expression = "100 * failed", label = "requests failed" }],
          [{ expression = "100 * (1 - passed)", label = "checks failed" }],
        ]
      },
      {
        # Every shard says its own, once a second (GRID_EMF_INTERVAL=1).
        title       = "VUs"
        annotations = { horizontal = [] }
        metrics = [
          [local.namespace, "vus", "Suite", suite, { id = "vus", stat = "Sum", visible = false }],
          [{ expression = "vus / PERIOD(vus)", label = "VUs" }],
        ]
      },
      {
        title       = "Iterations per second"
        annotations = { horizontal = [] }
        metrics = [
          [local.namespace, "iterations", "Suite", suite, { id = "done", stat = "Sum", visible = false }],
          [local.namespace, "dropped_iterations", "Suite", suite, { id = "dropped", stat = "Sum", visible = false }],
          [{ expression = "done / PERIOD(done)", label = "iterations/s" }],
          [{ expression = "dropped / PERIOD(dropped)", label = "dropped/s" }],
        ]
      },
      {
        title       = "The busiest load generator, %"
        annotations = { horizontal = [{ label = "out of breath", value = 80, fill = "above" }] }
        metrics = [
          for metric, label in {
            generator_k6_cpu    = "CPU of k6", generator_agent_cpu = "CPU of the agent",
            generator_throttled = "held up", generator_memory = "memory"
          } : [local.namespace, metric, "Suite", suite, { stat = "Maximum", label = label }]
        ]
      },
      {
        title       = "The nights: p95, ms"
        annotations = { horizontal = [for line in local.lines[suite].duration : line if line.label == "p(95) limit"] }
        metrics     = [[local.namespace, "RunP95", "Suite", suite, { stat = "Maximum", label = "p95 of the run" }]]
      },
      {
        title       = "Metrics that CloudWatch did not take"
        annotations = { horizontal = [] }
        metrics = [
          for metric in ["EMFParsingErrors", "EMFValidationErrors"] : ["AWS/Logs", metric, "LogGroupName", aws_cloudwatch_log_group.shards.name, { stat = "Sum" }]
        ]
      },
      ], [
      for title, search in {
        "Response time of each shard, p95 in ms" = ["http_req_duration", "p95"], "Requests of each shard" = ["http_reqs", "Sum"]
        "CPU of each shard's k6, %"              = ["generator_k6_cpu", "Maximum"]
        } : {
        title       = title
        annotations = { horizontal = [] }
        metrics = [
          [{ expression = "SEARCH('{${local.namespace},Shard,Suite} MetricName=\"${search[0]}\" Suite=\"${suite}\"', '${search[1]}', 60)" }],
        ]
      } if limit.per_shard
    ])
  }
}

resource "aws_cloudwatch_dashboard" "suite" {
  for_each = var.suites

  dashboard_name = "${var.name}-${replace(each.key, ".", "_")}"

  dashboard_body = jsonencode({
    start          = "-PT1H"
    periodOverride = "inherit"
    widgets = concat(
      [{
        type = "alarm", x = 0, y = 0, width = 24, height = 2
        properties = {
          title  = each.key
          alarms = [aws_cloudwatch_metric_alarm.gate_failed[each.key].arn, aws_cloudwatch_metric_alarm.no_run[each.key].arn]
        }
      }],
      # Two beside each other.
      [for i, graph in local.graphs[each.key] : {
        type = "metric", x = i % 2 * 12, y = 2 + floor(i / 2) * 6, width = 12, height = 6
        # The nights have weeks behind them.
        properties = merge(local.graph, graph, startswith(graph.title, "The nights") ? { period = 86400, start = "-P4W", end = "P0D" } : {})
      }],
    )
  })
}
