// The doors' program: what container runtimes start, and what Docker asks. It decides nothing. It hands a request to the node's
// Unix socket, and what the node answers to whoever asked; a start of Node.js would take longer than all of that.
//
//   CNI       started without arguments, CNI_* in the environment (Container Network Interface 1.1, section 2)
//   netavark  create | setup NETNS | teardown NETNS | info (netavark's plugin API 1.0.0)
//   docker    docker SOCKET: listens where Docker looks for plugins, and goes on when the node is away (libnetwork, docs/remote.md)
//
// A node that lives says so within a second (100-continue, RFC 9110, 10.1.1); what it does then may take longer.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
  // Bytes of what is asked and of what is answered; a configuration has a few thousand.
  longest_input = 1 << 20,
  longest_answer = 4 << 20,
  // Milliseconds.
  to_live = 900,
  to_work = 120000,
  // Docker waits without end, and with it whoever asks Docker.
  to_work_for_docker = 30000,
  to_ask = 5000,
};

struct text {
  char *bytes;
  size_t length, room;
};

static const char *node_socket(void) {
  const char *said = getenv("HEDDLE_SOCKET");
  return said && *said ? said : "/run/heddle/node.sock";
}

static void append(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = 2 * (text->length + length + 1);
    text->bytes = realloc(text->bytes, text->room);
    if (!text->bytes) exit(1);
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = '\0';
}

static void add(struct text *text, const char *words) { append(text, words, strlen(words)); }

__attribute__((format(printf, 2, 3))) static void add_format(struct text *text, const char *format, ...) {
  char line[1024];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line, format, values);
  va_end(values);
  add(text, line);
}

// A string of JSON (RFC 8259, 7). What is no UTF-8 the node sees to.
static void add_string(struct text *text, const char *bytes, size_t length) {
  add(text, "\"");
  size_t from = 0;
  for (size_t at = 0; at <= length; at++) {
    unsigned char byte = at < length ? (unsigned char)bytes[at] : 0;
    if (at < length && byte >= 0x20 && byte != '"' && byte != '\\') continue;
    append(text, bytes + from, at - from);
    from = at + 1;
    if (at < length) add_format(text, "\\u%04x", byte);
  }
  add(text, "\"");
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

// Reads until the end, or until `enough` says so; 0 when all is well, else an error's number.
static int read_until(int from, struct text *text, size_t longest, long deadline, int (*enough)(const struct text *)) {
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

static int write_all(int to, const char *bytes, size_t length) {
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

static const char *end_of_head(const struct text *text) {
  return text->length == 0 ? NULL : memmem(text->bytes, text->length, "\r\n\r\n", 4);
}

static int has_head(const struct text *text) { return end_of_head(text) != NULL; }

static void limit(int socket, long milliseconds) {
  struct timeval time = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

static int address_of(const char *path, struct sockaddr_un *address) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  if (strlen(path) >= sizeof address->sun_path) return ENAMETOOLONG;
  strcpy(address->sun_path, path);
  return 0;
}

static int status_of(const struct text *answer) {
  return answer->length > 12 && strncmp(answer->bytes, "HTTP/1.1 ", 9) == 0 ? atoi(answer->bytes + 9) : 0;
}

// Asks the node; `answer` is then what it says: a line with an exit code, and what to print.
// Returns 0, or an error's number: the node is not there, does not answer, or is another than this program is for.
static int ask(const struct text *body, long patience, struct text *answer) {
  struct sockaddr_un address;
  int error = address_of(node_socket(), &address);
  if (error) return error;
  int node = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (node < 0) return errno;
  limit(node, to_live);
  struct text request = {0}, said = {0};
  add_format(&request,
             "POST /v1/doors HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\nExpect: 100-continue\r\n\r\n",
             body->length);
  error = connect(node, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
  if (!error) error = write_all(node, request.bytes, request.length);
  if (!error) error = read_until(node, &said, longest_answer, now() + to_live, has_head);
  if (!error && status_of(&said) == 100) {
    // What came behind belongs to the answer.
    const char *rest = end_of_head(&said) + 4;
    struct text behind = {0};
    append(&behind, rest, said.length - (size_t)(rest - said.bytes));
    free(said.bytes);
    said = behind;
    error = write_all(node, body->bytes, body->length);
    if (!error) error = read_until(node, &said, longest_answer, now() + patience, NULL);
  }
  close(node);
  free(request.bytes);
  const char *head = error ? NULL : end_of_head(&said);
  if (!error && (!head || status_of(&said) != 200)) error = EPROTO;
  if (!error) append(answer, head + 4, said.length - (size_t)(head + 4 - said.bytes));
  free(said.bytes);
  return error;
}

// Divides an answer into exit code and the rest, which begins at the returned place.
static const char *divided(const struct text *answer, int *code) {
  const char *line = answer->length > 0 ? memchr(answer->bytes, '\n', answer->length) : NULL;
  *code = line ? atoi(answer->bytes) : 1;
  return line ? line + 1 : answer->bytes + answer->length;
}

static void begin_body(struct text *body, const char *door, int count, char **words) {
  add(body, "{\"door\":");
  add_string(body, door, strlen(door));
  add(body, ",\"args\":[");
  for (int at = 0; at < count; at++) {
    if (at > 0) add(body, ",");
    add_string(body, words[at], strlen(words[at]));
  }
  add(body, "]");
}

static void end_body(struct text *body, const struct text *input) {
  add(body, ",\"input\":");
  add_string(body, input->length > 0 ? input->bytes : "", input->length);
  add(body, "}");
}

static void add_reason(struct text *message, int error) {
  add_format(message, "Heddle's node does not answer at %.200s: %s", node_socket(),
             error == EPROTO ? "it is of another version than this program" : strerror(error));
}

// ---- CNI and netavark: once, from standard input to standard output.

// The version of an error is that of the request; the node is not there to read it.
static void add_version(struct text *text, const struct text *input) {
  const char *key = input->length > 0 ? memmem(input->bytes, input->length, "\"cniVersion\"", 12) : NULL;
  const char *from = key ? strchr(key + 12, '"') : NULL;
  size_t length = from ? strspn(from + 1, "0123456789.") : 0;
  if (length > 0 && length < 16 && from[1 + length] == '"') append(text, from + 1, length);
  else add(text, "1.0.0");
}

static int print(const char *bytes, size_t length) { return write_all(STDOUT_FILENO, bytes, length) == 0 ? 0 : 1; }

static int complain(const struct text *input, int is_cni, const char *message, int code) {
  struct text said = {0};
  if (is_cni) {
    add(&said, "{\"cniVersion\":\"");
    add_version(&said, input);
    add_format(&said, "\",\"code\":%d,\"msg\":", code);
  } else {
    add(&said, "{\"error\":");
  }
  add_string(&said, message, strlen(message));
  add(&said, "}\n");
  print(said.bytes, said.length);
  return 1;
}

static int once(int count, char **words) {
  static const char *const variables[] = {"CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS"};
  struct text input = {0}, body = {0}, answer = {0}, message = {0};
  int is_cni = count == 0;
  // `info` has no input, and whoever types it would wait for none.
  int reads = is_cni || strcmp(words[0], "info") != 0;
  int error = reads ? read_until(STDIN_FILENO, &input, longest_input, now() + to_ask, NULL) : 0;
  if (error) {
    add_format(&message, "standard input: %s", strerror(error));
    return complain(&input, is_cni, message.bytes, 5);
  }
  begin_body(&body, is_cni ? "cni" : "netavark", count, words);
  add(&body, ",\"env\":{");
  int has_some = 0;
  for (size_t at = 0; is_cni && at < sizeof variables / sizeof *variables; at++) {
    const char *value = getenv(variables[at]);
    if (!value) continue;
    if (has_some++) add(&body, ",");
    add_string(&body, variables[at], strlen(variables[at]));
    add(&body, ":");
    add_string(&body, value, strlen(value));
  }
  add(&body, "}");
  end_body(&body, &input);
  error = ask(&body, to_work, &answer);
  if (error) {
    const char *command = getenv("CNI_COMMAND");
    add_reason(&message, error);
    // 11: try again later; 50: of STATUS, not available.
    return complain(&input, is_cni, message.bytes, command && strcmp(command, "STATUS") == 0 ? 50 : 11);
  }
  int code;
  const char *output = divided(&answer, &code);
  return print(output, answer.length - (size_t)(output - answer.bytes)) ? 1 : code;
}

// ---- Docker: requests of HTTP, one a connection.

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
             code == 2 ? "404 Not Found" : "200 OK", length);
  append(&said, bytes, length);
  write_all(client, said.bytes, said.length);
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
  const char *head = end_of_head(&asked);
  for (const char *line = strstr(asked.bytes, "\r\n"); line && line < head; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, "content-length:", 15) == 0) wanted = strtoul(line + 17, NULL, 10);
  if (wanted > longest_input || read_until(client, &asked, 2 * longest_input, deadline, has_all)) return;
  head = end_of_head(&asked);
  append(&input, head + 4, wanted);
  char method[200] = "";
  sscanf(asked.bytes, "POST /%199[A-Za-z.] ", method);
  char *words[] = {method};
  begin_body(&body, "docker", 1, words);
  add(&body, ",\"env\":{}");
  end_body(&body, &input);
  int error = ask(&body, to_work_for_docker, &answer);
  if (!error) {
    int code;
    const char *output = divided(&answer, &code);
    reply(client, code, output, answer.length - (size_t)(output - answer.bytes));
    return;
  }
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

static int listen_for_docker(char *path) {
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
  // Whoever started this knows by the end of its output that it listens.
  int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
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
      alarm((to_ask + to_live + to_work_for_docker) / 1000 + 2);
      close(server);
      serve(client);
      _exit(0);
    }
    close(client);
  }
}

int main(int count, char **words) {
  if (count == 3 && strcmp(words[1], "docker") == 0) return listen_for_docker(words[2]);
  return once(count - 1, words + 1);
}
