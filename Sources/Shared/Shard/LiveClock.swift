import Glibc

extension UTCInstant {
  /// This machine's clock. Only the live wiring reads it; everything else is given the time.
  package static func live() -> UTCInstant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UTCInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}
