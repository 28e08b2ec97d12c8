# Who is told, and what is seen.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  github     = { repository = "acme/shop" }
  suites     = { checkout = { p95_ms = 800, per_shard = true }, "search.v2" = {} }
  vpc_id     = "vpc-0a1b2c3d"
  subnet_ids = ["subnet-0a1b2c3d"]
  image_tag  = "0.1.0"
}

run "nobody_by_itself" {
  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0 && length(aws_sns_topic_subscription.pager) == 0
    error_message = "somebody is told who was not named"
  }
}

run "mails_and_pagers" {
  variables {
    service_emails        = ["shop@acme.example"]
    harness_emails        = ["load@acme.example"]
    service_pagerduty_url = "https://events.pagerduty.com/integration/service/enqueue"
    harness_pagerduty_url = "https://events.pagerduty.com/integration/harness/enqueue"
  }
  assert {
    condition     = toset(keys(aws_sns_topic_subscription.email)) == toset(["service shop@acme.example", "harness load@acme.example", "aws load@acme.example"])
    error_message = "mails go to others"
  }
  assert {
    condition = { for topic, pager in aws_sns_topic_subscription.pager : topic => try(jsondecode(pager.filter_policy), null) } == {
      service = { notice = ["alarm", "ok"], audience = ["service"] }
      harness = { notice = ["alarm", "ok"], audience = ["harness"] }
      aws     = null
    }
    error_message = "a pager hears too much, or nothing of CloudWatch, whose messages have no attributes"
  }
  assert {
    condition     = aws_sns_topic_subscription.pager["service"].endpoint == "https://events.pagerduty.com/integration/service/enqueue" && !aws_sns_topic_subscription.pager["service"].raw_message_delivery
    error_message = "PagerDuty wants SNS's own message"
  }
}

run "alarms" {
  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.no_run :
      alarm.metric_name == "GateRun" && alarm.treat_missing_data == "breaching" && alarm.period * alarm.evaluation_periods == 30 * 3600
      && alarm.alarm_actions == toset([aws_sns_topic.told["aws"].arn])
    ])
    error_message = "a night that never came is not told"
  }
  # CloudWatch: a week in all, a day where a period is below one hour.
  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.no_run), values(aws_cloudwatch_metric_alarm.gate_failed)) :
      alarm.period * alarm.evaluation_periods <= (alarm.period < 3600 ? 86400 : 604800)
    ])
    error_message = "CloudWatch takes no alarm over so long a time"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.gate_failed["checkout"].dimensions == tomap({ Suite = "checkout" }) && length(aws_cloudwatch_metric_alarm.gate_failed["checkout"].alarm_actions) == 0
    error_message = "the coordinator tells of a fail; the alarm would be a second time"
  }
  assert {
    condition     = length(aws_budgets_budget.load) == 1 && length(aws_budgets_budget.load[0].notification) == 2
    error_message = "there is no budget"
  }
}

run "no_budget" {
  variables {
    monthly_budget_usd = null
  }
  assert {
    condition     = length(aws_budgets_budget.load) == 0
    error_message = "null means no budget"
  }
}

run "dashboards" {
  assert {
    condition     = aws_cloudwatch_dashboard.suite["search.v2"].dashboard_name == "k6-grid-search_v2"
    error_message = "names of dashboards have no dots"
  }
  assert {
    condition = contains(flatten([
      for widget in jsondecode(aws_cloudwatch_dashboard.suite["checkout"].dashboard_body).widgets : try(widget.properties.annotations.horizontal[*].value, [])
    ]), 800)
    error_message = "the limit is not drawn in"
  }
  assert {
    condition = {
      for name, board in aws_cloudwatch_dashboard.suite : name => length([for widget in jsondecode(board.dashboard_body).widgets : widget if strcontains(jsonencode(widget), "SEARCH(")])
    } == { "checkout" = 3, "search.v2" = 0 }
    error_message = "each shard is drawn where that is asked for, and only there"
  }
  # A grid of 24 columns, in which no widget covers another.
  assert {
    condition = length(distinct([
      for widget in jsondecode(aws_cloudwatch_dashboard.suite["checkout"].dashboard_body).widgets : "${widget.x} ${widget.y}"
    ])) == length(jsondecode(aws_cloudwatch_dashboard.suite["checkout"].dashboard_body).widgets)
    error_message = "widgets lie on each other"
  }
}
