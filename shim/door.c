// The doors' program: what container runtimes start, and what Docker asks. It decides nothing. It hands a request to the node's
// Unix socket, and what the node answers to whoever asked; a start of Node.js would take longer than all of that.
//
//   CNI       started without arguments, CNI_* in the environment (Container Network Interface 1.1, section 2)
//   netavark  create | setup NETNS | teardown NETNS | info (netavark's plugin API 1.0.0)
//   docker    docker SOCKET: listens where Docker looks for plugins, and goes on when the node is away (libnetwork, docs/remote.md)
//
// A node that lives says so within a second (100-continue, RFC 9110, 10.1.1); what it does then may take longer.
#include "docker.h"
#include "plugin.h"
#include <string.h>

int main(int count, char **words) {
  if (count == 3 && strcmp(words[1], "docker") == 0) return listen_for_docker(words[2]);
  return once(count - 1, words + 1);
}
