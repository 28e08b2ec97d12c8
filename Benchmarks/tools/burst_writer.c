// Writes a stream into a named pipe as k6 2.2 does: the lines of 200 ms in one burst, one write(2) a line, and 5 us of
// work before each, which is what k6 2.2's encoder takes: a reader that is quicker wakes for every line.
//   burst_writer FILE PIPE LINES-PER-SECOND SECONDS
// Declarations are written once; the rest over and over. Prints {"lines","bytes","seconds","late_bursts"}.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const double encoding = 5e-6;
static const char declaration[] = "{\"type\":\"Metric\"";

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void wait_until(double instant) {
  struct timespec time = {(time_t)instant, (long)((instant - (time_t)instant) * 1e9)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL)) {}
}

int main(int count, char** arguments) {
  if (count != 5) return 64;
  FILE* file = fopen(arguments[1], "r");
  struct stat status;
  if (!file || fstat(fileno(file), &status)) return perror(arguments[1]), 66;
  char* text = malloc(status.st_size);
  if (!text || fread(text, 1, status.st_size, file) != (size_t)status.st_size) return 66;
  int pipe = open(arguments[2], O_WRONLY);
  if (pipe < 0) return perror(arguments[2]), 73;

  long a_burst = atol(arguments[3]) / 5, bursts = atol(arguments[4]) * 5;
  long lines = 0, bytes = 0, late = 0, passes = 0;
  const char *at = text, *end = text + status.st_size;
  double start = now();
  for (long burst = 0; burst < bursts; burst++) {
    double due = start + burst * 0.2;
    if (now() > due + 0.2) late++;
    wait_until(due);
    double ready = now();
    for (long written = 0; written < a_burst;) {
      if (at == end) at = text, passes++;
      size_t length = (const char*)memchr(at, '\n', end - at) + 1 - at;
      const char* line = at;
      at += length;
      if (passes && length >= sizeof declaration && !memcmp(line, declaration, sizeof declaration - 1)) continue;
      for (ready += encoding; now() < ready;) {}
      for (size_t done = 0; done < length;) {
        ssize_t taken = write(pipe, line + done, length - done);
        if (taken < 0) return perror("write"), 74;
        done += taken;
      }
      written++, lines++, bytes += length;
    }
  }
  close(pipe);
  printf("{\"lines\":%ld,\"bytes\":%ld,\"seconds\":%.3f,\"late_bursts\":%ld}\n", lines, bytes, now() - start, late);
}
