# Who is told. The coordinator writes to two topics (docs/alerts.md), each message with what it is as its attributes. What AWS
# itself has to say goes to a third: its messages have no attributes, so a filter would let none of them through.

locals {
  audiences = {
    service = { emails = var.service_emails, pager = var.service_pagerduty_url }
    harness = { emails = var.harness_emails, pager = var.harness_pagerduty_url }
  }
  topics = {
    service = local.audiences.service
    harness = local.audiences.harness
    aws     = local.audiences.harness
  }

  emails = merge([for topic, to in local.topics : { for email in to.emails : "${topic} ${email}" => { topic = topic, email = email } }]...)
  # The addresses are secret; that there is one is not.
  pagers = toset([for topic, to in local.topics : topic if nonsensitive(to.pager != null)])
}

resource "aws_sns_topic" "told" {
  # checkov:skip=CKV_AWS_26:with SNS's own key CloudWatch and Budgets could not publish; nothing secret is said
  for_each = local.topics

  name = "${var.name}-${each.key}"
}

resource "aws_sns_topic_policy" "aws" {
  arn = aws_sns_topic.told["aws"].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsAndBudgets"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] }
      Resource  = aws_sns_topic.told["aws"].arn
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.emails

  topic_arn = aws_sns_topic.told[each.value.topic].arn
  protocol  = "email"
  endpoint  = each.value.email
}

# A pager wants what begins and ends an incident, and nothing that is only worth a mail.
resource "aws_sns_topic_subscription" "pager" {
  for_each = local.pagers

  topic_arn              = aws_sns_topic.told[each.key].arn
  protocol               = "https"
  endpoint               = local.topics[each.key].pager
  endpoint_auto_confirms = true
  raw_message_delivery   = false
  filter_policy          = each.key == "aws" ? null : jsonencode({ notice = ["alarm", "ok"], audience = [each.key] })
}

locals {
  # As `alert: {metrics: true}` in grid.yml and the agents have it.
  namespace = "k6-grid"
}

resource "aws_cloudwatch_metric_alarm" "gate_failed" {
  for_each = var.suites

  alarm_name        = "${var.name} ${each.key}: gate failed"
  alarm_description = "The newest run of ${each.key} with a verdict is a fail. Ends with one that is none."
  namespace         = local.namespace
  metric_name       = "GateFailed"
  dimensions        = { Suite = each.key }
  statistic         = "Maximum"
  period            = 60

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  evaluation_periods  = 1
  # Between two nights nothing is known that was not known before.
  treat_missing_data = "ignore"
  alarm_actions      = var.gate_failed_actions
  ok_actions         = var.gate_failed_actions
}

resource "aws_cloudwatch_metric_alarm" "no_run" {
  for_each = var.suites

  alarm_name        = "${var.name} ${each.key}: no run for 30 h"
  alarm_description = "No run of ${each.key} came to a verdict of any kind. Look at the workflow: GitHub drops schedules, too."
  namespace         = local.namespace
  metric_name       = "GateRun"
  dimensions        = { Suite = each.key }
  statistic         = "Sum"
  # Hours: periods below one may not cover more than a day together.
  period             = 3600
  evaluation_periods = 30

  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.told["aws"].arn]
  ok_actions          = [aws_sns_topic.told["aws"].arn]
}

# A filter by tags would need them to be activated for billing, by hand.
resource "aws_budgets_budget" "load" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = "${var.name} on ECS"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_unit   = "USD"
  limit_amount = format("%.1f", var.monthly_budget_usd)

  cost_filter {
    name   = "Service"
    values = ["Amazon Elastic Container Service"]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      subscriber_sns_topic_arns = [aws_sns_topic.told["aws"].arn]
    }
  }
}
