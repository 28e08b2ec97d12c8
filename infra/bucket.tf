# Where coordinator and shards meet, and what is left of a run.

resource "aws_s3_bucket" "runs" {
  # checkov:skip=CKV_AWS_18:who reads measurements is in CloudTrail where that is asked for
  # checkov:skip=CKV_AWS_144:a night that is lost is run again
  # checkov:skip=CKV_AWS_145:kms_key_arn gives it a key of the account's
  # checkov:skip=CKV2_AWS_62:nothing waits for an object but the programs themselves
  bucket        = local.bucket
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "runs" {
  bucket                  = aws_s3_bucket.runs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "runs" {
  bucket = aws_s3_bucket.runs.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "runs" {
  bucket = aws_s3_bucket.runs.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_policy" "runs" {
  bucket = aws_s3_bucket.runs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyOverTLS"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [local.bucket_arn, "${local.bucket_arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        # The agent writes a summary with If-None-Match. A script has the same role, and is not to write over what any shard of any
        # night has measured.
        Sid       = "WhatIsHandedInStays"
        Effect    = "Deny"
        Principal = { AWS = aws_iam_role.task.arn }
        Action    = "s3:PutObject"
        Resource  = "${local.bucket_arn}/*/shard-*/summary.json"
        Condition = { Null = { "s3:if-none-match" = "true" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.runs]
}

# For the history: a line that is lost can be had back for a year. Of all else the version before is gone after a day.
resource "aws_s3_bucket_versioning" "runs" {
  bucket = aws_s3_bucket.runs.id
  versioning_configuration { status = "Enabled" }
}

locals {
  # S3's rules go by prefix. Runs are named by their date, those by hand begin with hand-; a run that was given another name
  # stays.
  lifecycle = {
    "runs"    = { prefix = "20", expire = var.keep_runs_days, before = 1 }
    "by-hand" = { prefix = "hand-", expire = var.keep_runs_days, before = 1 }
    "active"  = { prefix = "active.json", expire = null, before = 1 }
    "page"    = { prefix = "report/", expire = null, before = 1 }
    "history" = { prefix = "history.csv", expire = null, before = 365 }
  }
  lifecycle_rules = merge([
    for suite in keys(var.suites) : {
      for name, rule in local.lifecycle : "${suite}-${name}" => merge(rule, { prefix = "${suite}/${rule.prefix}" })
    }
  ]...)
}

resource "aws_s3_bucket_lifecycle_configuration" "runs" {
  bucket = aws_s3_bucket.runs.id

  rule {
    id     = "leftovers"
    status = "Enabled"
    filter {}
    abort_incomplete_multipart_upload { days_after_initiation = 1 }
    expiration { expired_object_delete_marker = true }
  }

  dynamic "rule" {
    for_each = local.lifecycle_rules

    content {
      id     = rule.key
      status = "Enabled"
      filter { prefix = rule.value.prefix }
      noncurrent_version_expiration { noncurrent_days = rule.value.before }

      dynamic "expiration" {
        for_each = rule.value.expire[*]
        content { days = expiration.value }
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.runs]
}
