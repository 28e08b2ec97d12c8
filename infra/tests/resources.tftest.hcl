# What runs and what is kept.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  github     = { repository = "acme/shop" }
  suites     = { checkout = {} }
  vpc_id     = "vpc-0a1b2c3d"
  subnet_ids = ["subnet-0a1b2c3d", "subnet-0a1b2c3e"]
  image_tag  = "0.1.0"
}

run "the_task" {
  assert {
    condition = jsondecode(aws_ecs_task_definition.shard.container_definitions) == [{
      name                   = "shard"
      image                  = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/k6-grid-shard:0.1.0"
      essential              = true
      user                   = "12345"
      readonlyRootFilesystem = true
      stopTimeout            = 120
      mountPoints            = [{ sourceVolume = "scratch", containerPath = "/var/lib/shard-agent", readOnly = false }]
      healthCheck            = { command = ["CMD", "shard-agent", "healthcheck"], interval = 30, timeout = 5, retries = 3, startPeriod = 10 }
      linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = "/k6-grid/shard"
          awslogs-region        = "eu-central-1"
          awslogs-stream-prefix = "shard"
          mode                  = "non-blocking"
          max-buffer-size       = "25m"
        }
      }
    }]
    error_message = "the shard's container is another"
  }
  assert {
    condition     = one(aws_ecs_task_definition.shard.volume).name == "scratch"
    error_message = "without a volume the agent has no folder for its pipe"
  }
  assert {
    condition     = aws_ecs_task_definition.shard.task_role_arn == aws_iam_role.task.arn && aws_ecs_task_definition.shard.execution_role_arn == aws_iam_role.execution.arn
    error_message = "the roles are mixed up"
  }
  assert {
    condition     = toset(aws_ecs_cluster_capacity_providers.load.capacity_providers) == toset(["FARGATE", "FARGATE_SPOT"])
    error_message = "the cluster needs both capacity providers"
  }
}

run "nobody_comes_in" {
  assert {
    condition     = length(aws_security_group.shards.ingress) == 0 && keys(aws_vpc_security_group_egress_rule.shards) == ["0.0.0.0/0"]
    error_message = "expected egress alone"
  }
}

run "what_is_kept" {
  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.runs.rule : rule.id =>
      "${rule.filter[0].prefix} ends after ${try(rule.expiration[0].days + 0, "-")}, the version before after ${rule.noncurrent_version_expiration[0].noncurrent_days}"
      if rule.id != "leftovers"
      } == {
      checkout-runs    = "checkout/20 ends after 400, the version before after 1"
      checkout-by-hand = "checkout/hand- ends after 400, the version before after 1"
      checkout-active  = "checkout/active.json ends after -, the version before after 1"
      checkout-page    = "checkout/report/ ends after -, the version before after 1"
      checkout-history = "checkout/history.csv ends after -, the version before after 365"
    }
    error_message = "runs end, history and page stay, and only the history keeps what it was"
  }
  assert {
    condition     = one(aws_s3_bucket_versioning.runs.versioning_configuration).status == "Enabled"
    error_message = "the history has no versions"
  }
  assert {
    condition     = alltrue([for key in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] : aws_s3_bucket_public_access_block.runs[key]])
    error_message = "the bucket could be made public"
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.runs.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false" && jsondecode(aws_s3_bucket_policy.runs.policy).Statement[0].Effect == "Deny"
    error_message = "the bucket answers without TLS"
  }
}

run "a_value_that_would_be_wrong" {
  command = plan
  variables {
    github       = { repository = "acme/*", owner_id = "1", contexts = ["repo:acme/shop:pull_request"] }
    release      = { repository = "acme", repository_id = "1", contexts = ["ref:refs/tags/v*"] }
    suites       = { "no good" = {} }
    name         = "Load"
    architecture = "arm"
    subnet_ids   = []
  }
  expect_failures = [var.github, var.release, var.suites, var.name, var.architecture, var.subnet_ids]
}

run "what_grid_yml_needs" {
  assert {
    condition = yamldecode(output.grid_yml.checkout).ecs == {
      cluster            = "k6-grid"
      task_definition    = "k6-grid-shard"
      subnets            = ["subnet-0a1b2c3d", "subnet-0a1b2c3e"]
      security_groups    = aws_security_group.shards.id
      assign_public_ip   = false
      capacity_providers = [{ name = "FARGATE_SPOT", weight = 3 }, { name = "FARGATE", weight = 1, base = 1 }]
    }
    error_message = "the part of grid.yml is another"
  }
}
