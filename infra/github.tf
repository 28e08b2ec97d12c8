# Who may be the coordinator: the workflow of one repository on one branch, with GitHub's word for it and no keys.

locals {
  github_host     = "token.actions.githubusercontent.com"
  github_provider = "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.github_host}"

  # GitHub has two forms of one subject, by the repository's age. Both are compared to the letter.
  repository = split("/", var.github.repository)
  numbered   = "${local.repository[0]}@${coalesce(var.github.owner_id, "-")}/${local.repository[1]}@${coalesce(var.github.repository_id, "-")}"
  subjects = concat(
    [for name in concat([var.github.repository], var.github.owner_id == null ? [] : [local.numbered]) : "repo:${name}:ref:refs/heads/${var.github.branch}"],
    var.github.other_subjects,
  )
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_oidc_provider ? 1 : 0

  url            = "https://${local.github_host}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "coordinator" {
  name        = "${var.name}-coordinator"
  description = "The coordinator in ${var.github.repository}'s workflow"
  # The coordinator renews its keys in time, so they need not live as long as a run.
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.github_provider }
      Condition = {
        StringEquals = {
          "${local.github_host}:aud" = "sts.amazonaws.com"
          "${local.github_host}:sub" = local.subjects
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}
