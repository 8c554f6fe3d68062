// Reading and writing with an end in time. Errors are numbers of errno(3); 0: all is well.
#pragma once
#include "text.h"
#include <sys/un.h>

// Milliseconds of a clock that goes on only.
long now(void);
// Reads until the end, or until `enough` says so.
int read_until(int from, struct text *text, size_t longest, long deadline, int (*enough)(const struct text *));
int write_all(int to, const char *bytes, size_t length);
// How long connecting and sending may take.
void limit(int socket, long milliseconds);
int address_of(const char *path, struct sockaddr_un *address);
