import FoundationEssentials
import Glibc
import Shared
import SystemPackage

extension Host {
  static func live() -> Host {
    Host(
      now: UTCInstant.live,
      uptime: {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
      },
      sleep: { try await Task.sleep(for: $0) },
      environment: liveEnvironment(),
      limits: ContainerLimits { name in
        (try? readFile(FilePath("/sys/fs/cgroup/\(name)"))).map { String(decoding: $0, as: UTF8.self) }
      },
      processorCount: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
      machine: (try? readFile(FilePath("/proc/sys/kernel/random/boot_id"))).map {
        String(decoding: $0, as: UTF8.self).trimmed
      },
      text: { path in (try? readFile(FilePath(path))).map { String(decoding: $0, as: UTF8.self) } },
      names: { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] },
      ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
      pageBytes: Int64(sysconf(Int32(_SC_PAGESIZE))),
      processID: getpid(),
      randomText: { String(UInt64.random(in: .min ... .max), radix: 36) })
  }
}

private func liveEnvironment() -> [String: String] {
  var environment: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee {
    let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].isEmpty { environment[String(parts[0])] = String(parts[1]) }
    entry += 1
  }
  return environment
}

/// An address on loopback, as `127.1.20.87:41234`, where nobody listens and, before k6 does, nobody will.
///
/// All of 127.0.0.0/8 is loopback. Each agent of a machine takes an IP of its own, by its process id: on one that is
/// shared, another agent or any outgoing connection may be given the port between this look and k6's start.
func freeLoopbackAddress() throws -> String {
  let own = UInt32(getpid())
  let ip = 0x7F00_0000 | (1 + (own >> 16) % 254) << 16 | own & 0xFFFF
  let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard socket >= 0 else { throw Errno(rawValue: errno) }
  defer { close(socket) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = ip.bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      bind(socket, pointer, length) == 0 ? getsockname(socket, pointer, &length) : -1
    }
  }
  guard status == 0 else { throw Errno(rawValue: errno) }
  let octets = [24, 16, 8, 0].map { "\(ip >> $0 & 0xFF)" }.joined(separator: ".")
  return "\(octets):\(UInt16(bigEndian: address.sin_port))"
}
