import Foundation
import Glibc
import Synchronization

/// A container as a process of this machine: the leader of a session, with nothing of the stand-in's environment.
final class TaskProcess: TaskBody {
  private let leader: pid_t
  /// In the environment of everything that the task starts, which may have left its session.
  private let marker: String
  private let ended = Mutex<Int32?>(nil)

  /// - Throws: ``StartFailure``.
  init(_ start: ContainerStart, marker: String, output: String, errors: String) throws {
    self.marker = marker
    leader = try Self.spawn(start, output: output, errors: errors)
    Thread.detachNewThread { [self] in
      // First without reaping: until then the number belongs to nobody else.
      var information = siginfo_t()
      while waitid(P_PID, id_t(leader), &information, WEXITED | WNOWAIT) == -1, errno == EINTR {}
      killAll()
      var status: Int32 = 0
      while waitpid(leader, &status, 0) == -1, errno == EINTR {}
      let signal = status & 0x7F
      ended.withLock { $0 = signal == 0 ? (status >> 8) & 0xFF : 128 + signal }
    }
  }

  var exitCode: Int32? { ended.withLock { $0 } }
  var processID: pid_t? { leader }
  let endReason: String? = nil

  func terminate() { if exitCode == nil { kill(leader, SIGTERM) } }

  func discard() { killAll() }

  func killAll() {
    for _ in 0..<100 {
      let found = members()
      if found.isEmpty { return }
      for processID in found { kill(processID, SIGKILL) }
      usleep(2000)
    }
  }

  private func members() -> [pid_t] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap(pid_t.init).filter { candidate in
      guard candidate != getpid(),
        let stat = try? String(contentsOfFile: "/proc/\(candidate)/stat", encoding: .utf8)
      else { return false }
      // The command's name, in brackets, may hold anything; then state, parent, group, session.
      let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
      guard fields.count > 3, fields[0] != "Z", fields[0] != "X" else { return false }
      return fields[3] == "\(leader)" || environment(of: candidate).contains(marker)
    }
  }

  private func environment(of processID: pid_t) -> String {
    let bytes = FileManager.default.contents(atPath: "/proc/\(processID)/environ") ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func onPath(_ program: String, _ path: String) -> String {
    guard !program.contains("/") else { return program }
    return path.split(separator: ":").map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) } ?? program
  }

  /// POSIX_SPAWN_SETSID, which Glibc's module leaves out.
  private static let setSession: Int16 = 0x80

  private static func spawn(_ start: ContainerStart, output: String, errors: String) throws
    -> pid_t
  {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    // None of the server's connections: one that is held open here would not close there. Numbers that are not in
    // use do no harm.
    for number in Int32(3)..<1024 { posix_spawn_file_actions_addclose(&actions, number) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, setSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    let program = onPath(start.program, start.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
    let arguments = ([start.program] + start.arguments).map { strdup($0) } + [nil]
    let environment = start.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var processID: pid_t = 0
    let code = posix_spawn(&processID, program, &actions, &attributes, arguments, environment)
    guard code == 0 else {
      throw StartFailure("exec: \"\(start.program)\": \(String(cString: strerror(code)))")
    }
    return processID
  }
}
