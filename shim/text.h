// A text that grows.
#pragma once
#include <stddef.h>

struct text {
  char *bytes;
  size_t length, room;
};

void append(struct text *text, const char *bytes, size_t length);
void add(struct text *text, const char *words);
__attribute__((format(printf, 2, 3))) void add_format(struct text *text, const char *format, ...);
// A string of JSON (RFC 8259, 7). What is no UTF-8 the node sees to.
void add_string(struct text *text, const char *bytes, size_t length);
