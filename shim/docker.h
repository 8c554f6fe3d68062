// Docker: requests of HTTP, one a connection (libnetwork, docs/remote.md). It goes on when the node is away.
#pragma once

// Listens at a socket until it is told to end. Returns the exit code when it cannot.
int listen_for_docker(char *path);
