// What is needed of HTTP/1.1 (RFC 9112): a head, and what comes behind it.
#pragma once
#include "text.h"

// Where the head ends, before the empty line; none: it is not whole yet.
const char *end_of_head(const struct text *text);
int has_head(const struct text *text);
// Of an answer; 0: it is none of HTTP/1.1.
int status_of(const struct text *answer);
// What a request says that its body has; 0: nothing.
size_t content_length(const struct text *request);
