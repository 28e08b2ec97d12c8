import Shared

/// Whether a run can keep its things where it is told to. Nothing is written.
struct DoctorStore: Sendable {
  let location: StoreLocation
  let store: any ObjectStore

  /// The run itself makes these calls with the same credentials, so that a refusal is a fault, not a gap.
  func findings() async -> [DoctorFinding] {
    let history = await Asked { try await store.get(historyKey) }
    let active = await Asked { try await store.get(activeKey) }
    return [
      readable(.history, historyKey, history, Self.history),
      readable(.active, activeKey, active, Self.active),
    ]
  }

  private func readable(
    _ check: DoctorCheck, _ key: ObjectKey, _ asked: Asked<StoredObject?>,
    _ judge: (StoredObject?) -> DoctorFinding
  ) -> DoctorFinding {
    let name = location.name(key.text)
    return switch asked {
    case .answer(let object): judge(object)
    case .denied(let permission):
      .fault(
        check, "\(name) cannot be read: \(Asked<Void>.denial(permission)), or not s3:ListBucket",
        do: "allow s3:GetObject below the prefix and s3:ListBucket on the bucket")
    case .missing: .notChecked(check, "the bucket is not there")
    case .unknown(let why): .notChecked(check, why)
    }
  }

  private static func history(_ object: StoredObject?) -> DoctorFinding {
    guard let object else { return .ok(.history, "there is no history yet") }
    do {
      let runs = try HistoryTable(object.bytes).records.count
      return .ok(.history, "the history has \(counted(runs, "run"))")
    } catch {
      return .fault(
        .history, "\(error)", do: "mend it, or make it again: coordinator history rebuild")
    }
  }

  private static func active(_ object: StoredObject?) -> DoctorFinding {
    guard let object else { return .ok(.active, "no run is under way") }
    guard let active = try? decoded(ActiveRun.self, from: object.bytes, name: activeKey.text) else {
      return .warning(
        .active, "active.json cannot be read, so nobody knows whether a run is under way",
        do: "delete it when none is")
    }
    return .warning(
      .active, "\(active.name) is under way, or was left by a coordinator that is gone",
      do: "wait for its end, or end it: coordinator stop")
  }
}

extension DoctorFinding {
  /// - Parameter asked: where the bucket is, as far as S3 says it.
  static func bucketRegion(_ asked: Asked<String?>, bucket: String, region: String) -> DoctorFinding {
    asked.finding(.storeRegion) { found in
      guard let found else { return .notChecked(.storeRegion, "S3 does not say where the bucket is") }
      guard found == region else {
        return .fault(
          .storeRegion, "the bucket \(bucket) is in \(found), and AWS_REGION is \(region)",
          do: "set AWS_REGION=\(found), where the cluster has to be as well, or take a bucket in \(region)")
      }
      return .ok(.storeRegion, "the bucket is in \(region)")
    }
  }

  static func bucket(_ name: String, _ region: Asked<String?>, _ listed: Asked<Void>) -> DoctorFinding {
    if case .missing = region {
      return .fault(
        .storeReachable, "there is no bucket \(name)", do: "make it, or name another: store:")
    }
    switch listed {
    case .answer: return .ok(.storeReachable, "the bucket \(name) answers, and may be listed")
    case .missing:
      return .fault(
        .storeReachable, "there is no bucket \(name)", do: "make it, or name another: store:")
    case .denied:
      return .fault(
        .storeReachable,
        "the bucket \(name) may not be listed, without which S3 says the same of what is not there as of what is not allowed",
        do: "allow s3:ListBucket on arn:aws:s3:::\(name); or the bucket is somebody else's: check its name")
    case .unknown(let why): return .notChecked(.storeReachable, why)
    }
  }

  /// - Parameter refusal: why nothing can be written into the folder; `nil` when it can.
  static func folder(_ folder: String, refusal: String?) -> [DoctorFinding] {
    guard let refusal else { return [.ok(.storeWrite, "\(folder) can be written to")] }
    return [.fault(.storeWrite, refusal, do: "name a folder that can be written to: --store, store:")]
  }
}

extension StoreLocation {
  var isBucket: Bool {
    switch self {
    case .bucket: true
    case .folder: false
    }
  }
}
