# Who may be the coordinator, and who may push the image: jobs of one repository each, with GitHub's word for it and no keys.

locals {
  github_host     = "token.actions.githubusercontent.com"
  github_provider = "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.github_host}"

  # GitHub has two forms of one subject, by the repository's age. All are compared to the letter.
  trusted = {
    for role, from in { coordinator = var.github, release = var.release } : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = local.github_provider }
        Condition = {
          StringEquals = {
            "${local.github_host}:aud" = "sts.amazonaws.com"
            "${local.github_host}:sub" = [
              for pair in setproduct(
                concat([from.repository], from.owner_id == null ? [] : [
                  "${split("/", from.repository)[0]}@${from.owner_id}/${split("/", from.repository)[1]}@${from.repository_id}"
                ]),
                from.contexts,
              ) : "repo:${pair[0]}:${pair[1]}"
            ]
          }
        }
      }]
    }) if from != null
  }
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
  assume_role_policy   = local.trusted["coordinator"]

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role" "release" {
  count = var.release == null ? 0 : 1

  name                 = "${var.name}-release"
  description          = "Releases of ${var.release.repository} push the shards' image"
  max_session_duration = 3600
  assume_role_policy   = local.trusted["release"]

  depends_on = [aws_iam_openid_connect_provider.github]
}
