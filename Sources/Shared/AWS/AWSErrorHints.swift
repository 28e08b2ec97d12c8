/// What a person can do about the usual refusals.
enum AWSErrorHints {
  static func hint(_ error: AWSError) -> String? {
    guard let code = error.code else {
      return "check the network, AWS_REGION, and AWS_ENDPOINT_URL if it is set"
    }
    if error.isThrottling {
      return "AWS asks for fewer calls; try again later, or ask for a higher quota"
    }
    // HEAD's answers have no body, and so no code.
    return byCode(error, code.isEmpty && error.status == 403 ? "AccessDenied" : code)
  }

  private static func byCode(_ error: AWSError, _ code: String) -> String? {
    switch code {
    case "AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation":
      return accessDenied(error)
    case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
      return "the credentials have expired; let the coordinator get its own (AWS_ROLE_ARN), which it renews"
    case "InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException":
      return "AWS does not know this access key: check AWS_ACCESS_KEY_ID, and AWS_SESSION_TOKEN beside it"
    case "InvalidToken": return "AWS_SESSION_TOKEN does not belong to this access key"
    case "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature":
      return
        "AWS_SECRET_ACCESS_KEY does not belong to this access key, or something on the way changed the request"
    case "RequestTimeTooSkewed": return "this machine's clock is wrong"
    case "NoSuchBucket": return "there is no such bucket: check GRID_STORE, the account and the region"
    case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      return error.bucketRegion.map { "the bucket is in \($0): set AWS_REGION=\($0)" }
        ?? "the bucket is in another region: set AWS_REGION to the bucket's own"
    case "ClusterNotFoundException": return "there is no such cluster in this account and region"
    case "ResourceNotFoundException" where error.call.hasPrefix("secretsmanager:"):
      return "there is no such secret in this account and region; of another account's, give the full ARN"
    case "NotFound" where error.call.hasPrefix("sns:"):
      return "there is no such topic in this account and region"
    case "InvalidIdentityToken", "IDPRejectedClaim":
      return "the account needs GitHub's OIDC provider with the audience sts.amazonaws.com"
    default: return kms(code)
    }
  }

  private static func kms(_ code: String) -> String? {
    if code.hasPrefix("KMS") || code == "DecryptionFailure" {
      return "the role needs kms:Decrypt and kms:GenerateDataKey on the key, which must be enabled"
    }
    return nil
  }

  private static func accessDenied(_ error: AWSError) -> String {
    if error.message.contains("kms:") {
      return "the role needs kms:Decrypt and kms:GenerateDataKey on the bucket's or the secret's key"
    }
    return switch error.call {
    case "s3:GetObject":
      "the role lacks s3:GetObject there, or s3:ListBucket on the bucket, without which S3 says the same of an object that is not there"
    case "s3:PutObject":
      "the role lacks s3:PutObject there, or s3:GetObject, which a write on condition needs as well"
    case "s3:ListObjectsV2": "the role lacks s3:ListBucket on the bucket"
    case "s3:DeleteObject": "the role lacks s3:DeleteObject there"
    case "s3:DeleteObjectVersion": "the role lacks s3:DeleteObjectVersion there"
    case "ecs:RunTask":
      "the role lacks ecs:RunTask on the task definition, ecs:TagResource on the task, or iam:PassRole on the task's two roles"
    case "sts:AssumeRoleWithWebIdentity":
      "the role's trust policy does not allow this repository and branch (a new or renamed repository's sub has ids in it)"
    default: "the role lacks \(error.call) there"
    }
  }
}
