# What runs: a cluster on Fargate, and a shard as a task of it.

locals {
  cluster_arn = "arn:${local.partition}:ecs:${local.region}:${local.account}:cluster/${var.name}"
  task_arns   = "arn:${local.partition}:ecs:${local.region}:${local.account}:task/${var.name}/*"

  # As in docker/Dockerfile: the image makes this folder its user's own (VOLUME), and so a volume there is, too.
  user    = "12345"
  scratch = "/var/lib/shard-agent"
}

resource "aws_ecs_cluster" "load" {
  # checkov:skip=CKV_AWS_65:Container Insights cost per task and metric; shards say themselves how their machine fares
  name = var.name
}

resource "aws_ecs_cluster_capacity_providers" "load" {
  cluster_name       = aws_ecs_cluster.load.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}

resource "aws_ecs_task_definition" "shard" {
  family                   = local.family
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  # The pipe from k6 to the agent, and the script: the only folder that can be written to.
  volume { name = "scratch" }

  # The coordinator adds command and environment of a run.
  container_definitions = jsonencode([{
    name                   = "shard"
    image                  = "${aws_ecr_repository.shard.repository_url}:${var.image_tag}"
    essential              = true
    user                   = local.user
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "scratch", containerPath = local.scratch, readOnly = false }]
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    healthCheck            = { command = ["CMD", "shard-agent", "healthcheck"], interval = 30, timeout = 5, retries = 3, startPeriod = 10 }
    # The most that Fargate allows: k6 ends its iterations and the agent hands in.
    stopTimeout = 120

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.shards.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "shard"
        # A log that is slow for a moment must not hold up the load; this much is kept meanwhile.
        mode            = "non-blocking"
        max-buffer-size = "25m"
      }
    }
  }])
}

resource "aws_cloudwatch_log_group" "shards" {
  # checkov:skip=CKV_AWS_158:CloudWatch's own key; secrets are taken out before anything is written
  # checkov:skip=CKV_AWS_338:measurements are kept by the metrics and the bucket; the log is for the days after a run
  name              = "/${var.name}/shard"
  retention_in_days = var.keep_logs_days
}

resource "aws_security_group" "shards" {
  # checkov:skip=CKV2_AWS_5:the coordinator attaches it to tasks
  name        = local.family
  description = "Shards of load tests: nobody connects to them"
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "shards" {
  for_each = toset(var.egress_cidrs)

  security_group_id = aws_security_group.shards.id
  description       = "The target, AWS's services and the image"
  cidr_ipv4         = each.value
  ip_protocol       = "-1"
}

resource "aws_ecr_repository" "shard" {
  # checkov:skip=CKV_AWS_136:the image is k6 and a program without secrets
  name                 = local.family
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_destroy

  image_scanning_configuration { scan_on_push = true }
}

resource "aws_ecr_lifecycle_policy" "shard" {
  repository = aws_ecr_repository.shard.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "The newest ten"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 10 }
        action       = { type = "expire" }
      },
      {
        # An image of two architectures is a list of some without tags, which ECR keeps as long as the list.
        rulePriority = 2
        description  = "What belongs to none of them"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 1 }
        action       = { type = "expire" }
      },
    ]
  })
}

resource "aws_secretsmanager_secret" "script" {
  # checkov:skip=CKV_AWS_149:kms_key_arn gives it a key of the account's
  # checkov:skip=CKV2_AWS_57:what it holds is the target's, and so is its rotation
  name                    = "${var.name}/script"
  description             = "Passwords and tokens of the k6 scripts, as a JSON object. Terraform never sees its value"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.force_destroy ? 0 : 7
}
