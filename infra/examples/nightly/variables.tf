variable "repository" {
  description = "Whose workflow runs the load, as owner/name."
  type        = string
}

variable "image_tag" {
  description = "Which image the shards run."
  type        = string
  default     = "v0.1.0"
}

variable "emails" {
  description = "Who is told."
  type        = set(string)
  default     = []
}

variable "create_oidc_provider" {
  description = "False where the account has GitHub's OIDC provider."
  type        = bool
  default     = true
}

variable "force_destroy" {
  description = "True for an account to try it in."
  type        = bool
  default     = false
}
