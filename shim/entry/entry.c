// The first program of a container of LXC's, which has no way to be given words of any kind: it reads those that are to run from a file
// beside it, a word after the other, each ended by a zero byte, and becomes that program (execvp(3)).

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *file = "/.heddle/words";

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

int main(void) {
  size_t size, count = 0;
  char *text = whole(&size);
  for (size_t at = 0; at < size; at++)
    if (text[at] == '\0') count++;
  char **words = calloc(count + 1, sizeof *words);
  if (!words || count == 0) fail(file, 125);
  char *word = text;
  for (size_t index = 0; index < count; index++, word += strlen(word) + 1) words[index] = word;
  execvp(words[0], words);
  // As shells have it: one that cannot be run, and one that is not there (POSIX, Shell Command Language, 2.8.2).
  fail(words[0], errno == ENOENT ? 127 : 126);
}
