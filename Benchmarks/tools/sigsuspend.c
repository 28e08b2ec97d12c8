// For callgrind, as LD_PRELOAD: valgrind 3.19 writes to the mask that sigsuspend is given, and libdispatch's is
// read-only, so every Swift program with an asynchronous main would end there.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int sigsuspend(const sigset_t* mask) {
  sigset_t copy = *mask;
  return syscall(SYS_rt_sigsuspend, &copy, 8);
}
