// The node, asked at its socket. It decides; a door's program hands over.
#pragma once
#include "text.h"

enum {
  // Bytes of what is asked and of what is answered; a configuration has a few thousand.
  longest_input = 1 << 20,
  longest_answer = 4 << 20,
  // Milliseconds within which a node that lives says so, and in which a request has to be here.
  to_live = 900,
  to_ask = 5000,
};

// A request, as src/doors/contract.ts has it: its door and arguments, its environment, which may be left out, its input.
void begin_body(struct text *body, const char *door, int count, char **words);
void add_environment(struct text *body, const char *const *names, size_t count);
void end_body(struct text *body, const struct text *input);

// Asks; `answer` is then what the node says: a line with an exit code, and what to print. `patience`: milliseconds for the work.
// Returns 0, or an error's number: the node is not there, does not answer, or is another than this program is for.
int ask(const struct text *body, long patience, struct text *answer);
// Divides an answer into exit code and the rest, which begins at the returned place.
const char *divided(const struct text *answer, int *code);
// Why there is none.
void add_reason(struct text *message, int error);
