output "grid_yml" {
  description = "What grid.yml needs of all this, by suite: `terraform output -json grid_yml | jq -r '.\"NAME\"'`."
  value = {
    for suite in keys(var.suites) : suite => <<-YAML
      suite: ${suite}
      store: s3://${aws_s3_bucket.runs.id}/${suite}
      ecs:
        cluster: ${aws_ecs_cluster.load.name}
        task_definition: ${aws_ecs_task_definition.shard.family}
        subnets: [${join(", ", var.subnet_ids)}]
        security_groups: ${aws_security_group.shards.id}
        assign_public_ip: ${var.assign_public_ip}
        capacity_providers:
          - {name: FARGATE_SPOT, weight: 3}
          - {name: FARGATE, weight: 1, base: 1}
        # When it has a value:
        # secrets: [${aws_secretsmanager_secret.script.name}]
      alert:
        sns: {topic: "${aws_sns_topic.told["service"].arn}", harness_topic: "${aws_sns_topic.told["harness"].arn}"}
        metrics: true
        dashboard: ${local.dashboards[suite]}
    YAML
  }
}

locals {
  console    = local.partition == "aws-cn" ? "console.amazonaws.cn" : local.partition == "aws-us-gov" ? "console.amazonaws-us-gov.com" : "console.aws.amazon.com"
  dashboards = { for suite, board in aws_cloudwatch_dashboard.suite : suite => "https://${local.region}.${local.console}/cloudwatch/home?region=${local.region}#dashboards/dashboard/${board.dashboard_name}" }
}

output "github_variables" {
  description = "What the nightly workflow asks of its repository: `gh variable set NAME --body VALUE`."
  value       = { AWS_ROLE_ARN = aws_iam_role.coordinator.arn, AWS_REGION = local.region }
}

output "release_variables" {
  description = "What release.yml asks of the repository in `release`, as `github_variables`; null without one."
  value = one([
    for role in aws_iam_role.release : {
      AWS_RELEASE_ROLE_ARN = role.arn, AWS_REGION = local.region, ECR_REPOSITORY = aws_ecr_repository.shard.repository_url
    }
  ])
}

output "image" {
  description = "Where the shards' image is to be pushed."
  value       = "${aws_ecr_repository.shard.repository_url}:${var.image_tag}"
}

output "secret" {
  description = "Where the scripts' passwords go: `aws secretsmanager put-secret-value --secret-id NAME --secret-string file://...`."
  value       = aws_secretsmanager_secret.script.name
}

output "dashboards" {
  description = "Their addresses, by suite."
  value       = local.dashboards
}

output "roles" {
  description = "Names of the roles, for what else the scripts or the workflow need."
  value       = { coordinator = aws_iam_role.coordinator.name, task = aws_iam_role.task.name, execution = aws_iam_role.execution.name }
}

output "task_definition_arn" {
  description = "The newest revision."
  value       = aws_ecs_task_definition.shard.arn
}

output "cluster" {
  description = "The cluster's name."
  value       = aws_ecs_cluster.load.name
}

output "bucket" {
  description = "The bucket's name."
  value       = aws_s3_bucket.runs.id
}

output "log_group" {
  description = "Where the shards' logs and live metrics go."
  value       = aws_cloudwatch_log_group.shards.name
}

output "topics" {
  description = "ARNs: `service` and `harness` for grid.yml, `aws` for what CloudWatch and Budgets say."
  value       = { for name, topic in aws_sns_topic.told : name => topic.arn }
}

output "security_group" {
  description = "Of the shards, to be let in by what they load."
  value       = aws_security_group.shards.id
}
