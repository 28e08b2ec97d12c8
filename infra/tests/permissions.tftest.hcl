# Who may do what. That it is enough is for the tests that hold whole runs against it.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  github     = { repository = "acme/shop" }
  suites     = { checkout = {}, search = {} }
  vpc_id     = "vpc-0a1b2c3d"
  subnet_ids = ["subnet-0a1b2c3d"]
  image_tag  = "0.1.0"
}

run "one_branch_of_one_repository" {
  assert {
    condition = jsondecode(aws_iam_role.coordinator.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:acme/shop:ref:refs/heads/main"]
        }
      }
    }]
    error_message = "the coordinator's role can be taken by others"
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 1
    error_message = "there is no OIDC provider"
  }
}

run "both_forms_of_the_subject" {
  variables {
    github               = { repository = "acme/shop", contexts = ["ref:refs/heads/load", "pull_request"], owner_id = "123", repository_id = "456" }
    create_oidc_provider = false
  }
  assert {
    condition = jsondecode(aws_iam_role.coordinator.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == [
      "repo:acme/shop:ref:refs/heads/load", "repo:acme/shop:pull_request",
      "repo:acme@123/shop@456:ref:refs/heads/load", "repo:acme@123/shop@456:pull_request",
    ]
    error_message = "expected each context in both forms"
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "an account cannot have two OIDC providers for GitHub"
  }
}

run "an_environment_in_place_of_a_branch" {
  variables {
    github = { repository = "acme/shop", contexts = ["environment:load"] }
  }
  assert {
    condition     = jsondecode(aws_iam_role.coordinator.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:acme/shop:environment:load"]
    error_message = "a job without the environment can take the role, or one with it cannot"
  }
}

run "nobody_pushes_by_itself" {
  assert {
    condition     = length(aws_iam_role.release) == 0 && length(aws_iam_role_policy.release) == 0 && output.release_variables == null
    error_message = "there is a role for releases that nobody asked for"
  }
}

run "a_release_pushes_one_image" {
  variables {
    release = { repository = "acme/k6-grid", owner_id = "123", repository_id = "789" }
  }
  assert {
    condition = jsondecode(aws_iam_role.release[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:acme/k6-grid:environment:release", "repo:acme@123/k6-grid@789:environment:release"]
        }
      }
    }]
    error_message = "the release's role can be taken by others"
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.release[0].policy).Statement : statement.Resource => toset(flatten([statement.Action])) } == {
      "*" = toset(["ecr:GetAuthorizationToken"])
      (aws_ecr_repository.shard.arn) = toset([
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ])
    }
    error_message = "expected a push to this repository, and nothing else"
  }
  assert {
    condition     = output.release_variables == { AWS_RELEASE_ROLE_ARN = aws_iam_role.release[0].arn, AWS_REGION = "eu-central-1", ECR_REPOSITORY = aws_ecr_repository.shard.repository_url }
    error_message = "release.yml is told of another role or repository"
  }
  assert {
    condition     = jsondecode(aws_iam_role.coordinator.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:acme/shop:ref:refs/heads/main"]
    error_message = "a release can run the load"
  }
}

run "nothing_wide" {
  assert {
    condition = alltrue([
      for policy in [aws_iam_role_policy.coordinator, aws_iam_role_policy.task, aws_iam_role_policy.execution] : alltrue([
        for statement in jsondecode(policy.policy).Statement :
        statement.Effect == "Allow" && alltrue([for action in flatten([statement.Action]) : !strcontains(action, "*")])
      ])
    ])
    error_message = "an action has a wildcard"
  }
  # PutMetricData and ListTasks know no resources and have a condition; GetAuthorizationToken knows neither.
  assert {
    condition = toset(flatten([
      for policy in [aws_iam_role_policy.coordinator, aws_iam_role_policy.task, aws_iam_role_policy.execution] : [
        for statement in jsondecode(policy.policy).Statement : statement.Action if statement.Resource == "*"
      ]
    ])) == toset(["ecs:ListTasks", "cloudwatch:PutMetricData", "ecr:GetAuthorizationToken"])
    error_message = "an action is allowed on everything"
  }
  assert {
    condition = toset(one([
      for statement in jsondecode(aws_iam_role_policy.coordinator.policy).Statement : statement.Resource if statement.Action == "iam:PassRole"
    ])) == toset([aws_iam_role.task.arn, aws_iam_role.execution.arn])
    error_message = "the coordinator may pass other roles than those of the task"
  }
}

run "a_script_cannot_write_the_record" {
  assert {
    condition = toset(one([
      for statement in jsondecode(aws_iam_role_policy.task.policy).Statement : statement.Resource if statement.Action == "s3:PutObject"
      ])) == toset(flatten([
      for suite in ["checkout", "search"] : [
        for key in ["*/setup.json", "*/shard-*/*", "hand-*/run.json", "hand-*/thresholds.json", "hand-*/start.json"] :
        "arn:aws:s3:::k6-grid-123456789012-eu-central-1/${suite}/${key}"
      ]
    ]))
    error_message = "expected that a task may write its shard's objects, setup() and the plan of a run by hand"
  }
}

run "what_is_handed_in_stays" {
  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.runs.policy).Statement : statement if statement.Sid == "WhatIsHandedInStays"] == [{
      Sid       = "WhatIsHandedInStays"
      Effect    = "Deny"
      Principal = { AWS = "arn:aws:iam::123456789012:role/k6-grid-task" }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::k6-grid-123456789012-eu-central-1/*/shard-*/summary.json"
      Condition = { Null = { "s3:if-none-match" = "true" } }
    }]
    error_message = "a script can write over what a shard has handed in"
  }
}

run "a_key_of_ones_own" {
  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d"
  }
  assert {
    condition = alltrue([
      for policy in [aws_iam_role_policy.coordinator, aws_iam_role_policy.task] : contains([
        for statement in jsondecode(policy.policy).Statement : statement.Resource if statement.Sid == "UseTheKey"
      ], "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d")
    ])
    error_message = "who reads and writes objects needs their key"
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.runs.rule).apply_server_side_encryption_by_default).kms_master_key_id == "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d"
    error_message = "the bucket is encrypted with another key"
  }
}
