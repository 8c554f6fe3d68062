#include "plugin.h"
#include "node.h"
#include "stream.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  to_work = 120000,
  // Codes of CNI 1.1, section 5: standard input or output, try again later, and of STATUS not available.
  io_failed = 5,
  try_later = 11,
  unavailable = 50,
};

// The version of an error is that of the request; the node is not there to read it.
static void add_version(struct text *text, const struct text *input) {
  const char *key = input->length > 0 ? memmem(input->bytes, input->length, "\"cniVersion\"", 12) : NULL;
  const char *from = key ? strchr(key + 12, '"') : NULL;
  size_t length = from ? strspn(from + 1, "0123456789.") : 0;
  if (length > 0 && length < 16 && from[1 + length] == '"') append(text, from + 1, length);
  else add(text, "1.0.0");
}

static int print(const char *bytes, size_t length) { return write_all(STDOUT_FILENO, bytes, length) == 0 ? 0 : 1; }

static int complain(const struct text *input, int is_cni, const struct text *message, int code) {
  struct text said = {0};
  if (is_cni) {
    add(&said, "{\"cniVersion\":\"");
    add_version(&said, input);
    add_format(&said, "\",\"code\":%d,\"msg\":", code);
  } else {
    add(&said, "{\"error\":");
  }
  add_string(&said, message->bytes, message->length);
  add(&said, "}\n");
  print(said.bytes, said.length);
  return 1;
}

int once(int count, char **words) {
  static const char *const variables[] = {"CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS"};
  struct text input = {0}, body = {0}, answer = {0}, message = {0};
  int is_cni = count == 0;
  // `info` has no input, and whoever types it would wait for none.
  int reads = is_cni || strcmp(words[0], "info") != 0;
  int error = reads ? read_until(STDIN_FILENO, &input, longest_input, now() + to_ask, NULL) : 0;
  if (error) {
    add_format(&message, "standard input: %s", strerror(error));
    return complain(&input, is_cni, &message, io_failed);
  }
  begin_body(&body, is_cni ? "cni" : "netavark", count, words);
  add_environment(&body, variables, is_cni ? sizeof variables / sizeof *variables : 0);
  end_body(&body, &input);
  error = ask(&body, to_work, &answer);
  if (error) {
    const char *command = getenv("CNI_COMMAND");
    add_reason(&message, error);
    return complain(&input, is_cni, &message, command && strcmp(command, "STATUS") == 0 ? unavailable : try_later);
  }
  int code;
  const char *output = divided(&answer, &code);
  return print(output, answer.length - (size_t)(output - answer.bytes)) ? 1 : code;
}
