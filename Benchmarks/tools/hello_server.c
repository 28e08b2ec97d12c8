// The least HTTP server that k6 can load: one thread, connections kept open, the same answer to everything.
//   hello_server
// Prints the port of loopback on which it listens. It ends when its standard input does.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr*)&address, size) || listen(listener, 512)) return perror("listen"), 71;
  getsockname(listener, (struct sockaddr*)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  int poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, events[64];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &wanted);
  wanted.data.fd = STDIN_FILENO;
  epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &wanted);
  char buffer[65536];
  for (;;) {
    int count = epoll_wait(poll, events, 64, -1);
    for (int index = 0; index < count; index++) {
      int socket = events[index].data.fd;
      if (socket == listener) {
        wanted.data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        setsockopt(wanted.data.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_ctl(poll, EPOLL_CTL_ADD, wanted.data.fd, &wanted);
        continue;
      }
      ssize_t length = read(socket, buffer, sizeof buffer);
      if (socket == STDIN_FILENO) {
        if (length <= 0) return 0;
        continue;
      }
      if (length <= 0) {
        close(socket);
      } else if (length >= 4 && !memcmp(buffer + length - 4, "\r\n\r\n", 4)) {
        // k6's GETs come in one piece and one at a time on a connection.
        if (write(socket, answer, sizeof answer - 1) < 0) close(socket);
      }
    }
  }
}
