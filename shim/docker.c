#include "docker.h"
#include "http.h"
#include "node.h"
#include "stream.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  // Docker waits without end, and with it whoever asks Docker.
  to_work = 30000,
  // The exit code of a method that there is not.
  unknown_method = 2,
};

static char *listening_at;

static void stop(int signal) {
  (void)signal;
  unlink(listening_at);
  _exit(0);
}

// A method that there is not has a status of its own: newer versions of Docker ask for more.
static void reply(int client, int code, const char *bytes, size_t length) {
  struct text said = {0};
  add_format(&said,
             "HTTP/1.1 %s\r\nContent-Type: application/vnd.docker.plugins.v1.2+json\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n",
             code == unknown_method ? "404 Not Found" : "200 OK", length);
  append(&said, bytes, length);
  write_all(client, said.bytes, said.length);
}

static void complain(int client, int error) {
  struct text message = {0}, said = {0};
  add_reason(&message, error);
  // Of networks it is called Err, of addresses Error.
  add(&said, "{\"Err\":");
  add_string(&said, message.bytes, message.length);
  add(&said, ",\"Error\":");
  add_string(&said, message.bytes, message.length);
  add(&said, "}\n");
  reply(client, 1, said.bytes, said.length);
}

static size_t wanted;

static int has_all(const struct text *text) {
  const char *head = end_of_head(text);
  return head && text->length - (size_t)(head + 4 - text->bytes) >= wanted;
}

static void serve(int client) {
  struct text asked = {0}, body = {0}, answer = {0}, input = {0};
  long deadline = now() + to_ask;
  limit(client, to_ask);
  if (read_until(client, &asked, longest_input, deadline, has_head)) return;
  wanted = content_length(&asked);
  if (wanted > longest_input || read_until(client, &asked, 2 * longest_input, deadline, has_all)) return;
  append(&input, end_of_head(&asked) + 4, wanted);
  char method[200] = "";
  sscanf(asked.bytes, "POST /%199[A-Za-z.] ", method);
  char *words[] = {method};
  begin_body(&body, "docker", 1, words);
  add_environment(&body, NULL, 0);
  end_body(&body, &input);
  int error = ask(&body, to_work, &answer);
  if (error) {
    complain(client, error);
    return;
  }
  int code;
  const char *output = divided(&answer, &code);
  reply(client, code, output, answer.length - (size_t)(output - answer.bytes));
}

static int is_served(const struct sockaddr_un *address) {
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int is = connect(probe, (const struct sockaddr *)address, sizeof *address) == 0;
  close(probe);
  return is;
}

static int complain_at(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

// Whoever started this knows by the end of its output that it listens.
static void let_go(void) {
  int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
}

int listen_for_docker(char *path) {
  struct sockaddr_un address;
  errno = address_of(path, &address);
  if (errno) return complain_at(path);
  struct stat found;
  if (lstat(path, &found) == 0) {
    errno = EEXIST;
    if (!S_ISSOCK(found.st_mode) || is_served(&address)) return complain_at(path);
    unlink(path);
  }
  int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Only root can open it.
  umask(0177);
  if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 128) < 0)
    return complain_at(path);
  listening_at = path;
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  struct sigaction reaped = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
  sigaction(SIGCHLD, &reaped, NULL);
  let_go();
  for (;;) {
    int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) {
      if (errno != EINTR && errno != ECONNABORTED) poll(NULL, 0, 100);
      continue;
    }
    pid_t child = fork();
    if (child == 0) {
      signal(SIGTERM, SIG_DFL);
      signal(SIGINT, SIG_DFL);
      alarm((to_ask + to_live + to_work) / 1000 + 2);
      close(server);
      serve(client);
      _exit(0);
    }
    close(client);
  }
}
