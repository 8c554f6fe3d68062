// What starts programs in a container of LXC's, which has no way to be given words and variables of any kind, nor unseen.
//
//   entry                       the first program: words from a file beside it; variables, written so that LXC takes them
//   entry exec FOLDER WORD...   one more program, in a folder: variables from descriptor 3
//
// It becomes that program (execvp(3)).

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static const char *file = "/.heddle/words";
/** Before a variable of which every byte that is no letter, digit or one of a few is written as % and two digits (RFC 3986, 2.1). */
static const char *written = "HEDDLE:";
/** Where variables are read from, each ended by a zero byte, and all of them by one more. */
enum { variables = 3, most = 8 << 20 };

static void fail(const char *what, int code) {
  fprintf(stderr, "heddle: %s: %s\n", what, strerror(errno));
  exit(code);
}

/** All of the file, and a zero byte. */
static char *whole(size_t *size) {
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (fd < 0 || fstat(fd, &about) != 0) fail(file, 125);
  char *text = calloc(1, (size_t)about.st_size + 1);
  if (!text) fail(file, 125);
  for (*size = 0; *size < (size_t)about.st_size;) {
    ssize_t got = read(fd, text + *size, (size_t)about.st_size - *size);
    if (got <= 0) fail(file, 125);
    *size += (size_t)got;
  }
  close(fd);
  return text;
}

static char *decoded(char *text) {
  char *to = text;
  for (const char *from = text; *from; from++) {
    char digits[3] = { from[0] == '%' ? from[1] : 0, from[0] == '%' && from[1] ? from[2] : 0, 0 };
    if (digits[0] && digits[1]) {
      *to++ = (char)strtol(digits, NULL, 16);
      from += 2;
    } else
      *to++ = *from;
  }
  *to = '\0';
  return text;
}

static void decode_environment(void) {
  for (char **one = environ; *one; one++)
    if (!strncmp(*one, written, strlen(written))) *one = decoded(*one + strlen(written));
}

/** Whole, or not at all: who writes it may be ended in the middle. */
static void read_environment(void) {
  size_t size = 0, count = 0, room = 65536;
  char *text = malloc(room);
  for (ssize_t got; text; size += (size_t)got) {
    if (size == room && (room *= 2) <= most) text = realloc(text, room);
    if (!text || size == room || room > most) fail("variables", 125);
    got = read(variables, text + size, room - size);
    if (got < 0) fail("variables", 125);
    if (got == 0) break;
  }
  close(variables);
  if (!text || size == 0 || text[size - 1] != '\0' || (size > 1 && text[size - 2] != '\0')) fail("variables", 125);
  for (size_t at = 0; at + 1 < size; at++)
    if (text[at] == '\0') count++;
  environ = calloc(count + 1, sizeof *environ);
  if (!environ) fail("variables", 125);
  char *word = text;
  for (size_t index = 0; index < count; index++, word += strlen(word) + 1) environ[index] = word;
}

static void run(char **words) {
  execvp(words[0], words);
  // As shells have it: one that cannot be run, and one that is not there (POSIX, Shell Command Language, 2.8.2).
  fail(words[0], errno == ENOENT ? 127 : 126);
}

int main(int argc, char **argv) {
  size_t size, count = 0;
  if (argc > 3 && !strcmp(argv[1], "exec")) {
    // Whoever asked for it is gone: so is what it asked for. All that it starts can be told to end together.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    read_environment();
    if (chdir(argv[2]) != 0) fail(argv[2], 126);
    run(argv + 3);
  }
  decode_environment();
  char *text = whole(&size);
  for (size_t at = 0; at < size; at++)
    if (text[at] == '\0') count++;
  char **words = calloc(count + 1, sizeof *words);
  if (!words || count == 0) fail(file, 125);
  char *word = text;
  for (size_t index = 0; index < count; index++, word += strlen(word) + 1) words[index] = word;
  run(words);
}
