terraform {
  required_version = ">= 1.9"

  required_providers {
    # Tested with 5.100.
    aws = { source = "hashicorp/aws", version = ">= 5.100, < 7" }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  # Names of all that is made here once.
  bucket = coalesce(var.bucket_name, "${var.name}-${local.account}-${local.region}")
  family = "${var.name}-shard"
}
