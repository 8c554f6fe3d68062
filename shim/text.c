#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void append(struct text *text, const char *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = 2 * (text->length + length + 1);
    text->bytes = realloc(text->bytes, text->room);
    if (!text->bytes) exit(1);
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = '\0';
}

void add(struct text *text, const char *words) { append(text, words, strlen(words)); }

void add_format(struct text *text, const char *format, ...) {
  char line[1024];
  va_list values;
  va_start(values, format);
  vsnprintf(line, sizeof line, format, values);
  va_end(values);
  add(text, line);
}

void add_string(struct text *text, const char *bytes, size_t length) {
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
