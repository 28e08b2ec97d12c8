# One nightly load test in the account's default VPC, whose subnets have no NAT: its tasks get public addresses, and nobody can
# connect to them.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.100, < 7" }
  }
}

provider "aws" {
  # AWS_REGION says which.
  default_tags { tags = { system = "load-test" } }
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

module "k6_grid" {
  # From elsewhere: "git::https://github.com/OWNER/k6-grid.git//infra?ref=v0.1.0"
  source = "../.."

  github = { repository = var.repository }
  suites = { checkout = { p95_ms = 800, p99_ms = 2000, error_percent = 1, requests_per_second = 200 } }

  vpc_id           = data.aws_vpc.default.id
  subnet_ids       = sort(data.aws_subnets.default.ids)
  assign_public_ip = true
  image_tag        = var.image_tag

  service_emails = var.emails
  harness_emails = var.emails

  create_oidc_provider = var.create_oidc_provider
  force_destroy        = var.force_destroy
}
