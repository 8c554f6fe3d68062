#include "http.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *end_of_head(const struct text *text) {
  return text->length == 0 ? NULL : memmem(text->bytes, text->length, "\r\n\r\n", 4);
}

int has_head(const struct text *text) { return end_of_head(text) != NULL; }

int status_of(const struct text *answer) {
  return answer->length > 12 && strncmp(answer->bytes, "HTTP/1.1 ", 9) == 0 ? atoi(answer->bytes + 9) : 0;
}

size_t content_length(const struct text *request) {
  const char *head = end_of_head(request);
  size_t length = 0;
  for (const char *line = strstr(request->bytes, "\r\n"); line && line < head; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, "content-length:", 15) == 0) length = strtoul(line + 17, NULL, 10);
  return length;
}
