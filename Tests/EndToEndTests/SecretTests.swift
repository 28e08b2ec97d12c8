import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// A script that gives its secrets away in every way that it can: none of them may be found anywhere.
  @Suite(.serialized, .enabled(if: Moto.isThere, "moto is not installed in .tools: run scripts/setup moto"))
  struct SecretTests {
    private let folder: URL
    private let moto: Moto

    /// One that fits everywhere, and one that every encoding changes.
    private static let plain = "c4naryPlain9f86d081"
    private static let odd = #"c4n/ary+Odd "q" \é<&=%20"#
    /// As setup() returns it.
    private static let token = "setup-t0ken-55aa55aa"

    init() async throws {
      folder = try temporaryFolder()
      moto = try await Moto()
      let value = try JSONSerialization.data(
        withJSONObject: ["CANARY": Self.plain, "PORT": 5432] as [String: any Sendable])
      try await moto.makeSecret("shop/staging", String(decoding: value, as: UTF8.self))
      try await moto.makeSecret("odd", Self.odd)
    }

    private static func script(_ k6: K6, _ more: String) -> String {
      """
      import http from 'k6/http';
      import encoding from 'k6/encoding';
      import exec from 'k6/execution';
      import { check, group, sleep } from 'k6';
      import { Counter } from 'k6/metrics';
      \(k6 == .newest ? "import secrets from 'k6/secrets';" : "const secrets = { get: async (n) => __ENV[n] };")
      const own = new Counter('own_counter');
      if (!__ENV.CANARY || !__ENV.ODD || __ENV.PORT !== '5432') throw new Error('no secrets');
      export const options = {
        scenarios: { [__ENV.CANARY]: { executor: 'per-vu-iterations', vus: 2, iterations: 3, maxDuration: '30s' } },
        thresholds: { [`own_counter{canary:${__ENV.CANARY}}`]: ['count>=6'] },
      };
      function shout(v) {
        console.log(v); console.warn(`a ${encodeURIComponent(v)} b`); console.error(encodeURI(v));
        for (const before of ['', 'u', 'us']) console.log(encoding.b64encode(before + v + ':', 'url'));
        console.log(encoding.b64encode('user:' + v)); console.log(JSON.stringify({ v, deep: JSON.stringify(v) }));
        const lower = encodeURIComponent(v).replace(/%../g, (code) => code.toLowerCase());
        console.log(lower.replace(/%20/g, '+') + 'x'.repeat(70000) + v);
      }
      export function setup() {
        const token = ['setup', 't0ken', '55aa55aa'].join('-');
        console.log(`setup has ${token}`);
        http.get(`${__ENV.BASE_URL}/products?setup=${token}`);
        return { token, port: 5432 };
      }
      export default async function (data) {
        if (await secrets.get('CANARY') !== __ENV.CANARY) throw new Error('another secret');
        const all = [__ENV.CANARY, __ENV.ODD, data.token];
        all.forEach(shout);
        for (const v of all) {
          own.add(1, { canary: v });
          group(`group ${v}`, () => check(1, { [`check ${v}`]: () => true }));
          http.get(`${__ENV.BASE_URL}/products?token=${encodeURIComponent(v)}`, { tags: { canary: v } });
          http.get(`http://127.0.0.1:1/?token=${encodeURIComponent(v)}`);
        }
        sleep(0.5);
        \(more)
        throw new Error(`lost ${all.join(' and ')}`);
      }
      """
    }

    private func environment(_ k6: K6, _ staging: StagingServer) -> [String: String] {
      moto.environment.merging([
        "K6_BIN": k6.path, "BASE_URL": staging.address, "GRID_SECRETS": "shop/staging, ODD=odd",
        "GRID_REPORT_TAGS": "name,group,check,scenario,canary,url,error",
      ]) { $1 }
    }

    private func write(_ script: String) throws -> String {
      let file = folder.appending(path: "load.js")
      try script.write(to: file, atomically: true, encoding: .utf8)
      return file.path
    }

    @Test(arguments: K6.allCases) func `no secret of a run is found anywhere`(k6: K6) async throws {
      let staging = try await StagingServer()
      let file = try write(Self.script(k6, ""))
      let run = try Program(
        "coordinator",
        [
          "run", "--local", "--shards", "2", "--script", file, "--store", "file://\(folder.path)/out",
          "--threshold", "iterations=count>=6",
        ] + ignoringSaturation, environment: environment(k6, staging))
      try await eventually("its k6s") {
        processes(with: "run --quiet").filter(processes(with: file).contains).count == 2
      }
      for k6 in processes(with: file) {
        #expect(found(in: try read("/proc/\(k6)/cmdline")) == [], "on a command line")
      }
      for agent in processes(with: "shard-agent run") {
        #expect(found(in: try read("/proc/\(agent)/environ")) == [])
      }
      let ending = await run.ending()
      #expect(ending.code == 0, "\(ending.output)\(ending.errors)")
      try expectNothing(ending)
      let result = try StoredResult(in: folder.appending(path: "out"))
      let own = try #require(result.thresholds.first { $0.source == "script" })
      #expect(own.outcome == "holds" && own.actual == 6, "counted by the tag as the script has it: \(own)")
      #expect(own.selector == "own_counter{canary:***CANARY***}")
    }

    /// With k6's own setup(), in a lean run, ended by the script with a secret for its reason.
    @Test(arguments: K6.allCases, [false, true]) func `nor of a shard by hand that aborts`(k6: K6, lean: Bool)
      async throws
    {
      let staging = try await StagingServer()
      let abort = "exec.test.abort(`given up: ${all.join(' ')}`);"
      let ending = try await Program.run(
        "shard-agent",
        ["run", try write(Self.script(k6, abort)), "--store", "file://\(folder.path)/out"]
          + (lean ? ["--lean"] : []), environment: environment(k6, staging))
      #expect(ending.code == 108, "\(ending.errors)")
      try expectNothing(ending)
      #expect(ending.errors.contains("***ODD***") && ending.errors.contains("***setup.token***"))
    }

    @Test func `a secret that cannot be had is a sentence, and k6 is not started`() async throws {
      let file = try write("export default function () {}")
      for (secrets, expected) in [
        ("shop/staging#NONE", "the secret shop/staging has no key 'NONE'"),
        ("none", "the secret none cannot be read"), ("odd", "give it a variable's name, as NAME=odd"),
      ] {
        let ending = try await Program.run(
          "shard-agent", ["run", file, "--store", "file://\(folder.path)/out", "--secrets", secrets],
          environment: moto.environment.merging(["K6_BIN": K6.newest.path]) { $1 })
        #expect(ending.code == 69 && ending.errors.contains(expected), "\(ending.errors)")
        #expect(!ending.errors.contains("k6 starts") && found(in: Data(ending.errors.utf8)) == [])
      }
    }

    /// Everything that left the programs.
    private func expectNothing(_ ending: Program.Ending) throws {
      #expect(found(in: Data(ending.output.utf8)) == [], "on stdout")
      #expect(found(in: Data(ending.errors.utf8)) == [], "on stderr")
      let out = folder.appending(path: "out").path
      let files = try FileManager.default.subpathsOfDirectory(atPath: out).filter {
        try FileManager.default.attributesOfItem(atPath: "\(out)/\($0)")[.type] as? FileAttributeType
          == .typeRegular
      }
      #expect(files.contains { $0.hasSuffix("k6.log.gz") } && files.contains { $0.hasSuffix("summary.json") })
      for file in files {
        let data = file.hasSuffix(".gz") ? try gunzipped("\(out)/\(file)") : try read("\(out)/\(file)")
        #expect(found(in: data) == [], "in \(file)")
        // The script did say it all.
        if file.hasSuffix(".gz") { #expect(String(decoding: data, as: UTF8.self).contains("***ODD***")) }
      }
    }

    private func read(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func gunzipped(_ path: String) throws -> Data {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/gzip")
      process.arguments = ["-dc", path]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return data
    }

    /// The ways in which a secret stands in a text.
    private func found(in data: Data) -> [String] {
      Self.written.filter { data.firstRange(of: Data($0.utf8)) != nil }
    }

    private static let written: [String] = [plain, odd, token].flatMap { value -> [String] in
      func percent(_ keeping: String) -> String {
        value.addingPercentEncoding(
          withAllowedCharacters: .alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7e}"))
            .union(CharacterSet(charactersIn: keeping)))!
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      let json = String(decoding: (try? encoder.encode(value)) ?? Data(), as: UTF8.self).dropFirst()
        .dropLast()
      let twice = String(decoding: (try? encoder.encode(String(json))) ?? Data(), as: UTF8.self).dropFirst()
        .dropLast()
      let cores = ["", "u", "us"].flatMap { before in
        let text = Data("\(before)\(value)".utf8).base64EncodedString()
        let core = String(text.dropFirst(before.isEmpty ? 0 : 4).dropLast(4))
        return [core, core.replacing("+", with: "-").replacing("/", with: "_")]
      }
      return [
        value, percent("-_.~"), percent("-_.~").replacing(#/%../#) { $0.output.lowercased() },
        percent("-_.~ ").replacing(" ", with: "+"),
        percent("-_.!~*'();/?:@&=+$,#"), String(json), String(twice),
        String(json).replacing("<", with: "\\u003c").replacing("&", with: "\\u0026"),
      ] + cores
    }
  }
}
