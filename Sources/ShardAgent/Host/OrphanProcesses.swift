import Glibc

/// As process 1 of a container the agent inherits every orphan, and the dead ones stay until somebody waits for them.
///
/// Looks once a second, and takes away the dead that are not its own children: those are waited for by whoever
/// started them.
func reapOrphans(sleep: @Sendable (Duration) async throws -> Void, isOwn: @Sendable (pid_t) -> Bool) async {
  while !Task.isCancelled {
    var found = siginfo_t()
    // Looks without taking: the first dead child may be k6.
    while waitid(P_ALL, 0, &found, WEXITED | WNOHANG | WNOWAIT) == 0 {
      let processID = found._sifields._sigchld.si_pid
      guard processID > 0, !isOwn(processID) else { break }
      waitpid(processID, nil, WNOHANG)
      found = siginfo_t()
    }
    do { try await sleep(.seconds(1)) } catch { return }
  }
}
