// What a frame adds up to: which conversation it is of, which application that is, and how much there was of each.
#ifndef TALLY_H
#define TALLY_H
#include <stdint.h>

enum { looked_at = 2048 }; // bytes of a frame: more than the greeting of any protocol

// Whether nDPI could be started.
int tally_start(void);

// `length`: of what is there of the frame; `whole`: of all of it. `now`: milliseconds.
void tally_frame(const unsigned char *data, unsigned length, unsigned whole, int to_service, uint64_t now);

// Writes the sums to a file, as JSON, whole or not at all; ends the program when it cannot.
void tally_report(const char *path, uint64_t since, unsigned long long missed, uint64_t now);

#endif
