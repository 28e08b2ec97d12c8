# What has to be said.

variable "github" {
  description = <<-TEXT
    Whose workflow runs the load: `repository` as owner/name, and which of its jobs. `contexts` are the ends of the `sub` that
    GitHub gives them: `ref:refs/heads/BRANCH` for a job of a branch, `environment:NAME` for one that has an `environment:`,
    whatever its branch. Repositories that are younger than July 2026, were renamed since or have opted in name themselves with
    numbers as well: give `owner_id` and `repository_id` (`gh api repos/OWNER/NAME --jq '.owner.id, .id'`).
  TEXT
  type = object({
    repository    = string
    contexts      = optional(list(string), ["ref:refs/heads/main"])
    owner_id      = optional(string)
    repository_id = optional(string)
  })

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github.repository))
    error_message = "github.repository: expected owner/name, as acme/shop."
  }
  validation {
    condition     = (var.github.owner_id == null) == (var.github.repository_id == null)
    error_message = "github.owner_id and github.repository_id go together: the subject has both or neither."
  }
  validation {
    condition = length(var.github.contexts) > 0 && alltrue([
      for context in var.github.contexts : can(regex("^(ref:refs/(heads|tags)/[^*?]+|environment:[^*?]+|pull_request)$", context))
    ])
    error_message = "github.contexts: expected at least one, each ref:refs/heads/BRANCH, ref:refs/tags/TAG, environment:NAME or pull_request. It is compared to the letter: * and ? would match nothing."
  }
}

variable "suites" {
  description = <<-TEXT
    The load tests, by the name that `suite` has in their grid.yml. Each has its folder in the bucket, its dashboard and its alarms.
    The limits are lines in the dashboard and judge nothing. `per_shard` draws each shard, too, which needs GRID_EMF=shard.
  TEXT
  type = map(object({
    p95_ms              = optional(number)
    p99_ms              = optional(number)
    error_percent       = optional(number)
    requests_per_second = optional(number)
    per_shard           = optional(bool, false)
  }))

  validation {
    condition     = length(var.suites) > 0 && alltrue([for suite in keys(var.suites) : can(regex("^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$", suite))])
    error_message = "suites: expected at least one, with a name of up to 100 letters, digits and -_. that does not begin with a dot."
  }
}

variable "vpc_id" {
  description = "The VPC in which the shards run."
  type        = string
}

variable "subnet_ids" {
  description = "Its subnets for the shards, up to 16. They need a way to the target, to AWS's services and to the image."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0 && length(var.subnet_ids) <= 16
    error_message = "subnet_ids: expected 1 to 16, as ECS takes them."
  }
}

variable "image_tag" {
  description = "Which image the shards run: its tag in the repository that is made here, as v0.1.0. It may be pushed afterwards."
  type        = string
}

# What may stay as it is.

variable "name" {
  description = "What the names of everything begin with."
  type        = string
  default     = "k6-grid"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "name: expected 2 to 21 lower-case letters, digits and hyphens: names of buckets have no others."
  }
}

variable "create_oidc_provider" {
  description = "Whether the account gets GitHub's OIDC provider. It can have only one: false where it is there."
  type        = bool
  default     = true
}

variable "release" {
  description = <<-TEXT
    Whose releases push the shards' image: the repository of k6-grid with release.yml, in the form of `github`. It gets a role for
    the ECR repository that is made here, and nothing else. null for none: the image is pushed by hand.
  TEXT
  type = object({
    repository    = string
    contexts      = optional(list(string), ["environment:release"])
    owner_id      = optional(string)
    repository_id = optional(string)
  })
  default = null

  validation {
    condition     = var.release == null ? true : can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.release.repository))
    error_message = "release.repository: expected owner/name, as acme/k6-grid."
  }
  validation {
    condition     = var.release == null ? true : (var.release.owner_id == null) == (var.release.repository_id == null)
    error_message = "release.owner_id and release.repository_id go together: the subject has both or neither."
  }
  validation {
    condition = var.release == null ? true : length(var.release.contexts) > 0 && alltrue([
      for context in var.release.contexts : can(regex("^(ref:refs/(heads|tags)/[^*?]+|environment:[^*?]+)$", context))
    ])
    error_message = "release.contexts: expected at least one, each environment:NAME, ref:refs/tags/TAG or ref:refs/heads/BRANCH. It is compared to the letter: * and ? would match nothing."
  }
}

variable "bucket_name" {
  description = "The bucket's name, where {name}-{account}-{region} will not do."
  type        = string
  default     = null
}

variable "keep_runs_days" {
  description = "How long runs are kept. The history and the page stay; the history is rebuilt from the runs that are left."
  type        = number
  default     = 400
}

variable "kms_key_arn" {
  description = "A KMS key of your own for the bucket and the secret, in place of those of S3 and Secrets Manager."
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Whether `terraform destroy` takes runs, history and images with it."
  type        = bool
  default     = false
}

variable "assign_public_ip" {
  description = "For subnets without NAT or VPC endpoints."
  type        = bool
  default     = false
}

variable "egress_cidrs" {
  description = "Where the shards may connect to, as IPv4 ranges: the target, and AWS's services."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "cpu" {
  description = "Of a shard, in CPU units: 1024 are one CPU. grid.yml may say otherwise for a run."
  type        = number
  default     = 2048
}

variable "memory" {
  description = "Of a shard, in MiB: what Fargate has for that CPU."
  type        = number
  default     = 4096
}

variable "architecture" {
  description = "X86_64 or ARM64, as the image has it."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "architecture: expected X86_64 or ARM64."
  }
}

variable "keep_logs_days" {
  description = "How long CloudWatch keeps the shards' log, one of the lengths that it has."
  type        = number
  default     = 30
}

variable "service_emails" {
  description = "Who is told that the target got slower. Everybody gets a mail first, with a link to confirm."
  type        = set(string)
  default     = []
}

variable "harness_emails" {
  description = "Who looks after the load test itself: runs that did not come about, the budget."
  type        = set(string)
  default     = []
}

variable "service_pagerduty_url" {
  description = "The address that PagerDuty gives for an integration of type Amazon CloudWatch. Of the target's service."
  type        = string
  default     = null
  sensitive   = true
}

variable "harness_pagerduty_url" {
  description = "The same for who looks after the load test."
  type        = string
  default     = null
  sensitive   = true
}

variable "gate_failed_actions" {
  description = "Who else is told by the alarm on a failed gate, as ARNs of topics. The coordinator tells the service's topic itself."
  type        = list(string)
  default     = []
}

variable "monthly_budget_usd" {
  description = "What the account's ECS may cost a month before somebody is told; null for no budget."
  type        = number
  default     = 50
}
