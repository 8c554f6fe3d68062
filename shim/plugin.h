// CNI and netavark: started once for a request, from standard input to standard output.
#pragma once

// Returns the exit code.
int once(int count, char **words);
