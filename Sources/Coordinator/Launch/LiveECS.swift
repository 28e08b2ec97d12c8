import Shared

/// The launcher of a run on ECS, from the real world.
/// - Throws: ``UsageError`` when the environment does not say how to reach AWS.
func liveECSLauncher(
  _ options: ECSOptions, plan: RunPlan, store: StoreLocation, launchTimeout: Double, host: CoordinatorHost,
  stop: StopRequest, note: @escaping @Sendable (String) -> Void
) throws -> ECSLauncher {
  ECSLauncher(
    ECSTaskPlan(options: options, plan: plan, store: store), api: ECSAPI(try .live(host.environment)),
    host: host,
    timings: ECSTimings(launch: launchTimeout, describe: options.describeInterval),
    isCancelled: { stop.reason != nil }, note: note)
}

/// - Throws: ``UsageError`` when the environment does not say how to reach AWS.
func liveECSStopper(
  cluster: String, host: CoordinatorHost, say: @escaping @Sendable (String) -> Void
) throws -> ECSStopper {
  ECSStopper(api: ECSAPI(try .live(host.environment)), cluster: cluster, host: host, say: say)
}
