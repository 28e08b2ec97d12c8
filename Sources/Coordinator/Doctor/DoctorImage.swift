import Shared

/// An image's name, taken apart when it is in ECR: the only registry that AWS's credentials open.
struct ECRImage: Sendable, Equatable {
  let account: String
  let region: String
  let repository: String
  let tag: String?
  let digest: String?

  /// - Returns: `nil` for an image elsewhere.
  init?(_ image: String) {
    let parts = image.split(separator: "/", maxSplits: 1).map(String.init)
    let host = (parts.first ?? "").split(separator: ".").map(String.init)
    guard parts.count == 2, host.count >= 6, host[1] == "dkr", host[2] == "ecr", host[4] == "amazonaws"
    else { return nil }
    (account, region) = (host[0], host[3])
    let byDigest = parts[1].split(separator: "@", maxSplits: 1).map(String.init)
    let byTag = (byDigest.first ?? "").split(separator: ":", maxSplits: 1).map(String.init)
    repository = byTag.first ?? ""
    digest = byDigest.count == 2 ? byDigest[1] : nil
    // Without either it is the newest push's.
    tag = byTag.count == 2 ? byTag[1] : digest == nil ? "latest" : nil
  }
}

struct ECRDescribeImages: Encodable, Sendable {
  struct ID: Encodable, Sendable {
    let imageTag: String?
    let imageDigest: String?
  }
  let registryId: String
  let repositoryName: String
  let imageIds: [ID]

  init(_ image: ECRImage) {
    (registryId, repositoryName) = (image.account, image.repository)
    // By the digest alone where there is one: that is what is pulled.
    imageIds = [ID(imageTag: image.digest == nil ? image.tag : nil, imageDigest: image.digest)]
  }
}

struct ECRImages: Decodable, Sendable {
  struct Detail: Decodable, Sendable { var imageDigest: String? }
  var imageDetails: [Detail]?
}

extension DoctorFinding {
  /// - Parameter asked: `nil` for an image that is not in ECR.
  static func image(_ image: String, _ asked: Asked<ECRImages>?) -> DoctorFinding {
    guard let asked else {
      return .notChecked(
        .image, "\(image) is not in ECR",
        do: "make sure that Fargate can pull it: public, or with repositoryCredentials, and a way out to it")
    }
    let absent = DoctorFinding.fault(
      .image, "there is no image \(image)", do: "push it, or name another in the task definition")
    return asked.finding(.image, missing: absent) { images in
      guard let detail = images.imageDetails?.first else { return absent }
      return .ok(.image, "\(image) is there\(detail.imageDigest.map { " (\($0.prefix(19)))" } ?? "")")
    }
  }
}
