#include "node.h"
#include "http.h"
#include "stream.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *node_socket(void) {
  const char *said = getenv("HEDDLE_SOCKET");
  return said && *said ? said : "/run/heddle/node.sock";
}

void begin_body(struct text *body, const char *door, int count, char **words) {
  add(body, "{\"door\":");
  add_string(body, door, strlen(door));
  add(body, ",\"args\":[");
  for (int at = 0; at < count; at++) {
    if (at > 0) add(body, ",");
    add_string(body, words[at], strlen(words[at]));
  }
  add(body, "]");
}

void add_environment(struct text *body, const char *const *names, size_t count) {
  add(body, ",\"env\":{");
  int has_some = 0;
  for (size_t at = 0; at < count; at++) {
    const char *value = getenv(names[at]);
    if (!value) continue;
    if (has_some++) add(body, ",");
    add_string(body, names[at], strlen(names[at]));
    add(body, ":");
    add_string(body, value, strlen(value));
  }
  add(body, "}");
}

void end_body(struct text *body, const struct text *input) {
  add(body, ",\"input\":");
  add_string(body, input->length > 0 ? input->bytes : "", input->length);
  add(body, "}");
}

// Says what is coming, and waits for the node to say that it lives: `said` is what it says, until a head is whole.
static int announce(int node, size_t length, struct text *said) {
  struct sockaddr_un address;
  struct text request = {0};
  long deadline = now() + to_live;
  int error = address_of(node_socket(), &address);
  if (error) return error;
  add_format(&request,
             "POST /v1/doors HTTP/1.1\r\nHost: node\r\nConnection: close\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\nExpect: 100-continue\r\n\r\n",
             length);
  limit(node, to_live);
  error = connect(node, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
  if (!error) error = write_all(node, request.bytes, request.length);
  if (!error) error = read_until(node, said, longest_answer, deadline, has_head);
  free(request.bytes);
  return error;
}

// Sends the body, and waits for the rest.
static int hand_over(int node, const struct text *body, long patience, struct text *said) {
  // What came behind belongs to the answer.
  const char *rest = end_of_head(said) + 4;
  struct text behind = {0};
  append(&behind, rest, said->length - (size_t)(rest - said->bytes));
  free(said->bytes);
  *said = behind;
  int error = write_all(node, body->bytes, body->length);
  return error ? error : read_until(node, said, longest_answer, now() + patience, NULL);
}

int ask(const struct text *body, long patience, struct text *answer) {
  int node = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (node < 0) return errno;
  struct text said = {0};
  int error = announce(node, body->length, &said);
  if (!error && status_of(&said) == 100) error = hand_over(node, body, patience, &said);
  close(node);
  const char *head = error ? NULL : end_of_head(&said);
  if (!error && (!head || status_of(&said) != 200)) error = EPROTO;
  if (!error) append(answer, head + 4, said.length - (size_t)(head + 4 - said.bytes));
  free(said.bytes);
  return error;
}

const char *divided(const struct text *answer, int *code) {
  const char *line = answer->length > 0 ? memchr(answer->bytes, '\n', answer->length) : NULL;
  *code = line ? atoi(answer->bytes) : 1;
  return line ? line + 1 : answer->bytes + answer->length;
}

void add_reason(struct text *message, int error) {
  add_format(message, "Heddle's node does not answer at %.200s: %s", node_socket(),
             error == EPROTO ? "it is of another version than this program" : strerror(error));
}
