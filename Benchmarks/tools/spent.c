// Runs a command and writes what it and its waited-for children spent, as one line of JSON, to a file.
//   spent FILE COMMAND ...
// A program of its own, and small: Linux counts the memory of whoever starts a program to that program's peak.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;

static void pass_on(int number) { kill(child, number); }

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec * 1e-6; }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int count, char** arguments) {
  if (count < 3) return 64;
  double start = now();
  child = fork();
  if (child < 0) return 71;
  if (child == 0) {
    execvp(arguments[2], arguments + 2);
    perror(arguments[2]);
    _exit(127);
  }
  signal(SIGTERM, pass_on);
  signal(SIGINT, pass_on);
  int status;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {}
  double wall = now() - start;
  FILE* file = fopen(arguments[1], "w");
  if (!file) return 73;
  fprintf(file, "{\"user\":%.6f,\"system\":%.6f,\"wall\":%.6f,\"max_rss_kib\":%ld}\n",
      seconds(usage.ru_utime), seconds(usage.ru_stime), wall, usage.ru_maxrss);
  fclose(file);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
