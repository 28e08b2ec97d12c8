import Foundation
import Shared
import TestSupport
import Testing

@testable import Coordinator

@Suite struct DoctorFindingTests {
  @Test(
    arguments: [
      ("AccessDeniedException", 400, "denied"), ("UnauthorizedOperation", 403, "denied"), ("", 403, "denied"),
      ("NoSuchEntity", 404, "missing"), ("InvalidSubnetID.NotFound", 400, "missing"),
      ("RepositoryNotFoundException", 400, "missing"), ("ExpiredToken", 400, "unknown"),
      ("InternalError", 500, "unknown"),
    ])
  func `a refusal is told from what is not there`(code: String, status: Int, expected: String) async {
    let asked: Asked<Int> = await Asked {
      throw AWSError(call: "ec2:DescribeSubnets", code: code, message: "", status: status)
    }
    switch asked {
    case .denied(let permission): #expect(expected == "denied" && permission == "ec2:DescribeSubnets")
    case .missing: #expect(expected == "missing")
    case .unknown: #expect(expected == "unknown")
    case .answer: Issue.record("there was none")
    }
    #expect(asked.finding(.subnets) { _ in .ok(.subnets, "") }.outcome == .notChecked)
  }

  @Test(
    arguments: [
      ("1.dkr.ecr.eu-west-1.amazonaws.com/a/b:7", "a/b", "7", nil),
      ("1.dkr.ecr.cn-north-1.amazonaws.com.cn/a@sha256:f", "a", nil, "sha256:f"),
      ("1.dkr.ecr.eu-west-1.amazonaws.com/a", "a", "latest", nil), ("grafana/k6:1.1.0", nil, nil, nil),
      ("public.ecr.aws/acme/a:1", nil, nil, nil), ("", nil, nil, nil),
    ] as [(String, String?, String?, String?)])
  func `an image of ECR's is told from others`(
    image: String, repository: String?, tag: String?, digest: String?
  ) {
    let found = ECRImage(image)
    #expect(found?.repository == repository && found?.tag == tag && found?.digest == digest)
  }

  @Test(
    arguments: [
      ("arn:aws:sts::1:assumed-role/load/session", "role", "load"),
      ("arn:aws:iam::1:user/team/ann", "user", "ann"),
      ("arn:aws:iam::1:root", nil, nil), ("arn:aws:sts::1:federated-user/ann", nil, nil), ("ann", nil, nil),
    ] as [(String, String?, String?)])
  func `IAM knows users and roles`(arn: String, kind: String?, name: String?) {
    #expect(Principal.name(arn)?.kind == kind && Principal.name(arn)?.name == name)
  }

  @Test func `what IAM does not say is allowed is not allowed, and no answer is not checked`() {
    let lacking = SimulatedRights(lacking: ["s3:PutObject"])
    let all = SimulatedRights(lacking: [])
    func outcome(_ asked: [Asked<SimulatedRights>]) -> DoctorFinding.Outcome {
      DoctorFinding.rights(.storeWrite, "x", "y", asked).outcome
    }
    #expect(outcome([.answer(all), .answer(all)]) == .ok)
    #expect(outcome([.answer(all), .answer(lacking), .denied("iam:SimulatePrincipalPolicy")]) == .fault)
    #expect(outcome([.answer(all), .denied("iam:SimulatePrincipalPolicy")]) == .notChecked)
    #expect(outcome([.missing]) == .notChecked)
  }

  private func thresholds(_ metrics: [String], _ sources: [String]?) throws -> DoctorFinding {
    DoctorThresholds(
      thresholds: try metrics.map {
        try GateThreshold(.init(selector: $0, expression: "count>0"), source: .configuration)
      }, sources: sources
    ).finding
  }

  @Test func `metrics that nobody makes are found out`() throws {
    #expect(try thresholds(["http_reqs", "iterations"], nil).outcome == .ok)
    #expect(try thresholds(["orders"], ["new Counter('orders')"]).outcome == .ok)
    #expect(try thresholds(["orders"], ["new Counter(`orders2`)"]).outcome == .fault)
    #expect(try thresholds(["orders"], nil).outcome == .notChecked)
    #expect(try thresholds(["orders"], ["import { x } from 'https://jslib.k6.io/x.js';"]).outcome == .warning)
    let near = try thresholds(["http_req"], ["import 'https://jslib.k6.io/x.js'"])
    #expect(near.outcome == .fault && near.found.contains("http_reqs?"))
  }

  @Test func `a report has the checks in their order, and counts them`() throws {
    let report = DoctorReport([
      .notChecked(.secrets, "a\u{1b}[31m\nb"), .ok(.configuration, "right"),
      .fault(.cluster, "none", do: "make one"),
    ])
    #expect(report.findings.map(\.check) == [.configuration, .cluster, .secrets])
    #expect(report.exitCode == 1)
    #expect(
      report.text == """
        ok           configuration  right
        FAULT        ecs.cluster    none
                                      -> make one
        not checked  secrets        a [31m b

        1 fault: 0 warnings, 1 not checked, 1 ok.

        """)
    let json = try JSON(encoded(report))
    #expect(json["faults"] == 1 && json["not_checked"] == 1 && json["schema"] == 1)
    #expect(json["checks"]?.array?.last?["outcome"] == "not checked")
  }

  @Test func `every check is in its document`() throws {
    let text = try String(contentsOf: repositoryRoot().appending(path: "docs/doctor.md"), encoding: .utf8)
    for check in DoctorCheck.allCases { #expect(text.contains("`\(check.rawValue)`"), "\(check.rawValue)") }
  }
}
