// Names the applications of what passes a network namespace, and counts it: what its ports i-N send and are sent. Every two
// seconds the sums are written to a file.
#include "tally.h"
#include <arpa/inet.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { blocks = 8, block_size = 1 << 20, interval = 2000 /* milliseconds */, passed_over = 128 /* ports */ };

static uint64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static void must(int outcome, const char *what) {
  if (outcome >= 0) return;
  perror(what);
  exit(1);
}

// Whether a port is towards the service. Names are asked for anew with every report: ports come and go.
static signed char towards[4096];

static int is_inner(unsigned index) {
  char name[IF_NAMESIZE];
  signed char *told = &towards[index % sizeof towards];
  if (index >= sizeof towards || !*told) *told = if_indextoname(index, name) && strncmp(name, "i-", 2) == 0 ? 1 : -1;
  return *told > 0;
}

// Passes over what is not towards the service, so that it takes no room, and is not said to be missed where there is none. A port
// that has just come is looked at until it is known: the first packets are what names a conversation.
static int choose_ports(int in) {
  struct sock_filter steps[2 * passed_over + 2] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_IFINDEX) };
  unsigned short count = 1;
  struct if_nameindex *ports = if_nameindex();
  for (struct if_nameindex *port = ports; port && port->if_index && count < 2 * passed_over; port++) {
    if (strncmp(port->if_name, "i-", 2) == 0) continue;
    steps[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port->if_index, 0, 1);
    steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
  }
  if (ports) if_freenameindex(ports);
  steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, looked_at);
  struct sock_fprog filter = { count, steps };
  return setsockopt(in, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

static void block(const struct tpacket_block_desc *from) {
  const unsigned char *at = (const unsigned char *)from + from->hdr.bh1.offset_to_first_pkt;
  for (unsigned left = from->hdr.bh1.num_pkts; left > 0; left--) {
    const struct tpacket3_hdr *head = (const void *)at;
    const struct sockaddr_ll *where = (const void *)(at + TPACKET_ALIGN(sizeof *head));
    if (is_inner(where->sll_ifindex))
      tally_frame(at + head->tp_mac, head->tp_snaplen, head->tp_len, where->sll_pkttype == PACKET_OUTGOING,
        head->tp_sec * 1000ull + head->tp_nsec / 1000000);
    at += head->tp_next_offset;
  }
}

int main(int count, char **arguments) {
  const char *path = count > 1 ? arguments[1] : "/dev/shm/inspection.json";
  if (!tally_start()) { fputs("nDPI does not start\n", stderr); return 1; }

  // On every interface of the namespace, also on those that come later.
  int in = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), version = TPACKET_V3;
  must(in, "socket");
  must(choose_ports(in), "SO_ATTACH_FILTER");
  must(setsockopt(in, SOL_PACKET, PACKET_VERSION, &version, sizeof version), "PACKET_VERSION");
  struct tpacket_req3 ring = { .tp_block_size = block_size, .tp_block_nr = blocks, .tp_frame_size = looked_at,
    .tp_frame_nr = blocks * (block_size / looked_at), .tp_retire_blk_tov = 100 };
  must(setsockopt(in, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring), "PACKET_RX_RING");
  unsigned char *memory = mmap(NULL, (size_t)blocks * block_size, PROT_READ | PROT_WRITE, MAP_SHARED, in, 0);
  if (memory == MAP_FAILED) must(-1, "mmap");
  // What looks into strangers' packets has no rights from here on.
  struct __user_cap_header_struct whose = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct none[2] = { 0 };
  must(syscall(SYS_capset, &whose, none), "capset");

  uint64_t since = milliseconds(), reported = 0;
  unsigned long long missed = 0;
  for (unsigned next = 0;;) {
    struct tpacket_block_desc *filled = (void *)(memory + (size_t)next * block_size);
    if (__atomic_load_n(&filled->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) {
      block(filled);
      __atomic_store_n(&filled->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
      next = (next + 1) % blocks;
    } else {
      struct pollfd wait = { in, POLLIN, 0 };
      poll(&wait, 1, 500);
    }
    uint64_t now = milliseconds();
    if ((int64_t)(now - reported) < interval && now >= reported) continue;
    struct tpacket_stats_v3 statistics;
    socklen_t size = sizeof statistics;
    if (getsockopt(in, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0) missed += statistics.tp_drops;
    memset(towards, 0, sizeof towards);
    choose_ports(in); // or it stays as it was
    tally_report(path, since, missed, now);
    reported = now;
  }
}
