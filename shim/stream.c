#include "stream.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int read_until(int from, struct text *text, size_t longest, long deadline, int (*enough)(const struct text *)) {
  char part[16384];
  while (!enough || !enough(text)) {
    long left = deadline - now();
    struct pollfd readable = {.fd = from, .events = POLLIN};
    int ready = left <= 0 ? 0 : poll(&readable, 1, (int)left);
    if (ready == 0) return ETIMEDOUT;
    if (ready < 0 && errno == EINTR) continue;
    ssize_t got = ready < 0 ? -1 : read(from, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return enough ? ECONNRESET : 0;
    if (text->length + (size_t)got > longest) return EMSGSIZE;
    append(text, part, (size_t)got);
  }
  return 0;
}

int write_all(int to, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t put = send(to, bytes, length, MSG_NOSIGNAL);
    if (put < 0 && errno == ENOTSOCK) put = write(to, bytes, length);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes += put;
    length -= (size_t)put;
  }
  return 0;
}

void limit(int socket, long milliseconds) {
  if (milliseconds < 1) milliseconds = 1;
  struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

int address_of(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) return ENAMETOOLONG;
  strcpy(address->sun_path, path);
  return 0;
}
