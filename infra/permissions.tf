# Who may do what. Four roles, none of which can do what another is for:
#   coordinator  the workflow: launches tasks, reads what they hand in, writes the record
#   task         the agent, and with it the k6 script: reads the plan, hands in
#   execution    ECS itself, before the agent runs: image and log
#   release      where there is one, a release of k6-grid: pushes the image
# The keys are those of docs/contract.md. A test holds these policies against the calls of whole runs.

locals {
  bucket_arn = "arn:${local.partition}:s3:::${local.bucket}"

  coordinator_writes = [
    "active.json", "history.csv*", "report/*", "*/run.json", "*/script/*", "*/alive.json", "*/thresholds.json",
    "*/start.json", "*/stop.json", "*/teardown.json", "*/result.json", "*/alerts.json",
  ]
  coordinator_deletes = ["active.json", "*/shard-*/summary.json"]

  shard_reads = [
    "*/run.json", "*/script/*", "*/alive.json", "*/thresholds.json", "*/setup.json", "*/start.json", "*/stop.json",
    "*/teardown.json", "*/shard-*/*",
  ]
  # A run by hand has no coordinator, so its shards write the plan and the start.
  shard_writes = [
    "*/setup.json", "*/shard-*/*", "hand-*/run.json", "hand-*/thresholds.json", "hand-*/start.json",
  ]

  # Below every suite's folder.
  objects = {
    for name, keys in {
      coordinator_writes  = local.coordinator_writes
      coordinator_deletes = local.coordinator_deletes
      shard_reads         = local.shard_reads
      shard_writes        = local.shard_writes
      secret              = ["*/setup.json"]
      all                 = ["*"]
    } : name => [for pair in setproduct(keys(var.suites), keys) : "${local.bucket_arn}/${pair[0]}/${pair[1]}"]
  }

  # Without the right to list, S3 says 403 of an object that is not there, and not 404. It is not narrowed to prefixes: a
  # read has none.
  list_bucket = { Sid = "SayWhatIsNotThere", Effect = "Allow", Action = "s3:ListBucket", Resource = local.bucket_arn }

  # In a bucket that keeps versions only a version's deletion is one.
  forget_setup = { Sid = "ForgetWhatSetupReturned", Effect = "Allow", Action = "s3:DeleteObjectVersion", Resource = local.objects.secret }

  use_key = [for key in var.kms_key_arn[*] : {
    Sid = "UseTheKey", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = key
  }]
}

resource "aws_iam_role_policy" "coordinator" {
  name = "coordinator"
  role = aws_iam_role.coordinator.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid       = "LaunchShards", Effect = "Allow", Action = "ecs:RunTask"
        Resource  = "arn:${local.partition}:ecs:${local.region}:${local.account}:task-definition/${local.family}:*"
        Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arn } }
      },
      {
        Sid       = "TagThemAtLaunch", Effect = "Allow", Action = "ecs:TagResource", Resource = local.task_arns
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      { Sid = "WatchAndStopThem", Effect = "Allow", Action = ["ecs:DescribeTasks", "ecs:StopTask"], Resource = local.task_arns },
      {
        Sid       = "FindWhatIsLeft", Effect = "Allow", Action = "ecs:ListTasks", Resource = "*"
        Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arn } }
      },
      {
        Sid       = "GiveThemTheirRoles", Effect = "Allow", Action = "iam:PassRole"
        Resource  = [aws_iam_role.task.arn, aws_iam_role.execution.arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      local.list_bucket,
      { Sid = "ReadRuns", Effect = "Allow", Action = "s3:GetObject", Resource = local.objects.all },
      { Sid = "WriteTheRecord", Effect = "Allow", Action = "s3:PutObject", Resource = local.objects.coordinator_writes },
      { Sid = "TidyUp", Effect = "Allow", Action = "s3:DeleteObject", Resource = local.objects.coordinator_deletes },
      local.forget_setup,
      { Sid = "TellPeople", Effect = "Allow", Action = "sns:Publish", Resource = [for name in ["service", "harness"] : aws_sns_topic.told[name].arn] },
      {
        Sid       = "WriteTheRunsMetrics", Effect = "Allow", Action = "cloudwatch:PutMetricData", Resource = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = local.namespace } }
      },
    ], local.use_key)
  })
}

locals {
  # Nobody but this account's ECS may take the roles of tasks.
  trust_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:ecs:${local.region}:${local.account}:*" }
      }
    }]
  })
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  description        = "The agent of a shard, and the k6 script that it runs"
  assume_role_policy = local.trust_tasks
}

resource "aws_iam_role_policy" "task" {
  name = "task"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      local.list_bucket,
      { Sid = "ReadThePlan", Effect = "Allow", Action = "s3:GetObject", Resource = local.objects.shard_reads },
      { Sid = "HandIn", Effect = "Allow", Action = "s3:PutObject", Resource = local.objects.shard_writes },
      local.forget_setup,
      { Sid = "GetTheScriptsSecrets", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.script.arn },
    ], local.use_key)
  })
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  description        = "ECS itself: the shard's image and log"
  assume_role_policy = local.trust_tasks
}

resource "aws_iam_role_policy" "execution" {
  name = "execution"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "EnterTheRegistry", Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        Sid    = "PullTheImage", Effect = "Allow", Resource = aws_ecr_repository.shard.arn
        Action = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      },
      { Sid = "WriteTheLog", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.shards.arn}:*" },
    ]
  })
}

resource "aws_iam_role_policy" "release" {
  count = var.release == null ? 0 : 1

  name = "release"
  role = aws_iam_role.release[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "EnterTheRegistry", Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
      {
        # As ECR asks for them of a push. The last looks whether the image is there.
        Sid    = "PushTheImage", Effect = "Allow", Resource = aws_ecr_repository.shard.arn
        Action = ["ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage", "ecr:BatchGetImage"]
      },
    ]
  })
}
