// swift-tools-version: 6.2
import PackageDescription

// One list of settings for every target of ours.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")

let package = Package(
  name: "k6-grid",
  products: [
    .executable(name: "shard-agent", targets: ["ShardAgent"]),
    .executable(name: "coordinator", targets: ["Coordinator"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
  ],
  targets: [
    // What both programs agree on: the words, the metrics' mathematics, the bucket.
    .target(
      name: "Shared", dependencies: ["CZlib", system, crypto, httpClient, nio, nioHTTP1, nioPosix],
      swiftSettings: settings),
    .systemLibrary(name: "CZlib"),

    .executableTarget(
      name: "ShardAgent",
      dependencies: [
        "Shared", "CZlib", argumentParser, logging, system, subprocess, unixSignals, httpClient, nio,
        nioHTTP1,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "Coordinator",
      dependencies: [
        "Shared", argumentParser, system, subprocess, unixSignals, yams, mustache,
      ],
      resources: [.embedInCode("Report/Page/Templates")],
      swiftSettings: settings),

    // A small staging API to load in rehearsals and tests: known latencies, a known share of errors.
    .executableTarget(
      name: "StagingAPI", dependencies: [flyingFox, flyingSocks, argumentParser],
      path: "Tests/StandIns/StagingAPI",
      swiftSettings: settings),

    // An ECS that starts real shard-agents as processes, strict about requests and faulty on demand.
    .executableTarget(
      name: "ECSStandIn",
      dependencies: ["StandInSupport", "TestSupport", flyingFox, flyingSocks, argumentParser, crypto],
      path: "Tests/StandIns/ECS", swiftSettings: settings),

    // A GitHub of one repository, with what people do there, strict about requests and faulty on demand.
    .executableTarget(
      name: "GitHubStandIn",
      dependencies: ["StandInSupport", "TestSupport", flyingFox, flyingSocks, argumentParser],
      path: "Tests/StandIns/GitHub", swiftSettings: settings),

    // A k6 that plays a recorded stream: for more shards than a machine can give real k6s.
    .executableTarget(
      name: "K6StandIn", dependencies: [flyingFox, flyingSocks], path: "Tests/StandIns/K6",
      swiftSettings: settings),

    // Stands before an S3 and answers, cuts and delays as the real one can.
    .executableTarget(
      name: "FaultProxy", dependencies: [flyingFox, flyingSocks, argumentParser, httpClient, nio, nioHTTP1],
      path: "Tests/StandIns/FaultProxy", swiftSettings: settings),

    // A PagerDuty that takes events as strictly as is documented, and shows the incidents that they made.
    .executableTarget(
      name: "PagerDutyStandIn",
      dependencies: ["StandInSupport", "TestSupport", flyingFox, flyingSocks, argumentParser],
      path: "Tests/StandIns/PagerDuty", swiftSettings: settings),

    // What more than one stand-in answers with.
    .target(
      name: "StandInSupport", dependencies: [flyingFox, flyingSocks], path: "Tests/StandIns/Support",
      swiftSettings: settings),

    .target(name: "TestSupport", path: "Tests/TestSupport", exclude: ["Recorded"], swiftSettings: settings),
    .testTarget(name: "SharedTests", dependencies: ["Shared", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ShardAgentTests", dependencies: ["ShardAgent", "TestSupport", logging, system],
      swiftSettings: settings),
    .testTarget(
      name: "CoordinatorTests", dependencies: ["Coordinator", "TestSupport", yams], swiftSettings: settings),
    .testTarget(
      name: "StandInTests",
      dependencies: ["ECSStandIn", "FaultProxy", "GitHubStandIn", "PagerDutyStandIn", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Shared", "ShardAgent", "Coordinator", "StagingAPI", "ECSStandIn", "FaultProxy", "GitHubStandIn",
        "K6StandIn", "PagerDutyStandIn", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
