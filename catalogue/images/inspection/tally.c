// Conversations, and the applications that nDPI says they are of.
//
// Of each conversation it keeps who speaks, until another needs the room, and of what is said nothing: once there is a name, all
// that nDPI had found is freed.
#include "tally.h"
#include <linux/if_ether.h>
#include <ndpi/ndpi_api.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  sets = 4096, ways = 4,            // conversations that are told apart; one more takes the place of the one silent longest
  enough_tcp = 40, enough_udp = 16, // packets after which a name is guessed
  // Of conversations without a name nDPI may keep all that it was shown. The one that began first is named by what is known of it
  // when there are more, or more was said in them: however many begin, they take no more memory than that.
  most_pending = 2000, most_held = 16 << 20 /* bytes */,
  waits = 10000, silent = 60000,    // milliseconds
  most = 200,                       // names that are told apart
  arp = 0xfff0, non_ip, other
};

struct count { unsigned long long packets, bytes; };
struct application { uint16_t protocol, name; unsigned long long flows; struct count to, from; };
struct key { unsigned char low[16], high[16]; uint16_t low_port, high_port; uint8_t protocol, version; };
struct flow {
  struct key key;
  uint64_t seen;
  struct ndpi_flow_struct *ndpi; // while it has no name
  struct count to, from;         // counted before it had one
  struct application *application;
  unsigned packets, held;        // bytes: what nDPI was shown
  struct flow *earlier, *later;  // of those without one, in the order in which they began
};

static struct ndpi_detection_module_struct *detection;
static struct flow flows[sets][ways];
static struct flow *first, *last; // without a name
static unsigned pending, held;
static struct application applications[most];
static unsigned known;

static struct application *application(uint16_t protocol, uint16_t name) {
  for (unsigned i = 0; i < known; i++)
    if (applications[i].protocol == protocol && applications[i].name == name) return &applications[i];
  // The last is for whatever there is no room for.
  if (known == most - 1) protocol = name = other;
  if (known == most) return &applications[most - 1];
  applications[known] = (struct application){ .protocol = protocol, .name = name };
  return &applications[known++];
}

static void add(struct count *sum, struct count more) {
  sum->packets += more.packets;
  sum->bytes += more.bytes;
}

static void await_name(struct flow *flow) {
  flow->ndpi = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
  if (!flow->ndpi) abort();
  memset(flow->ndpi, 0, SIZEOF_FLOW_STRUCT);
  flow->earlier = last;
  *(last ? &last->later : &first) = flow;
  last = flow;
  pending++;
}

static void await_no_longer(struct flow *flow) {
  ndpi_flow_free(flow->ndpi);
  flow->ndpi = NULL;
  *(flow->earlier ? &flow->earlier->later : &first) = flow->later;
  *(flow->later ? &flow->later->earlier : &last) = flow->earlier;
  pending--;
  held -= flow->held;
}

// Gives what a conversation has been so far to the application that it is of.
static void settle(struct flow *flow, ndpi_protocol found) {
  uint16_t protocol = found.master_protocol ? found.master_protocol : found.app_protocol;
  flow->application = application(protocol, found.app_protocol ? found.app_protocol : protocol);
  flow->application->flows++;
  add(&flow->application->to, flow->to);
  add(&flow->application->from, flow->from);
  await_no_longer(flow);
}

static void give_up(struct flow *flow) {
  uint8_t guessed;
  if (flow->ndpi) settle(flow, ndpi_detection_giveup(detection, flow->ndpi, 1, &guessed));
}

// The conversation of a packet, which may begin with it. `begins`: what there was under the same addresses is another.
static struct flow *conversation(const struct key *key, uint64_t now, int begins) {
  unsigned hash = 2166136261u;
  for (const unsigned char *byte = (const void *)key; byte < (const unsigned char *)(key + 1); byte++)
    hash = (hash ^ *byte) * 16777619u;
  struct flow *set = flows[(hash ^ hash >> 16) % sets], *chosen = set;
  for (struct flow *flow = set; flow < set + ways; flow++) {
    if (memcmp(&flow->key, key, sizeof *key) == 0) {
      begins |= key->protocol != IPPROTO_TCP && (int64_t)(now - flow->seen) > silent;
      if (!begins || flow->ndpi) return flow;
      chosen = flow;
      break;
    }
    if (flow->seen < chosen->seen) chosen = flow;
  }
  give_up(chosen);
  *chosen = (struct flow){ .key = *key };
  await_name(chosen);
  return chosen;
}

// Reads addresses and ports, the lower end first, so that both directions have one key. Whether it is IP at all.
static int read_key(struct key *key, const unsigned char *packet, unsigned length, int *begins) {
  unsigned version = length ? packet[0] >> 4 : 0, size = version == 4 ? 4 : 16, header = version == 4 ? 20 : 40;
  if ((version != 4 && version != 6) || length < header) return 0;
  const unsigned char *source = packet + (version == 4 ? 12 : 8), *transport;
  uint16_t ports[2] = { 0, 0 };
  key->version = version;
  key->protocol = packet[version == 4 ? 9 : 6];
  if (version == 4) header = (packet[0] & 15) * 4;
  transport = packet + header;
  int first = version == 6 || ((packet[6] & 0x1f) | packet[7]) == 0;
  if (first && length >= header + 8 && (key->protocol == IPPROTO_TCP || key->protocol == IPPROTO_UDP))
    memcpy(ports, transport, 4);
  *begins = first && key->protocol == IPPROTO_TCP && length >= header + 14 && (transport[13] & 0x12) == 2;
  int order = memcmp(source, source + size, size);
  if (order == 0) order = ports[0] < ports[1] ? -1 : 1;
  memcpy(key->low, order < 0 ? source : source + size, size);
  memcpy(key->high, order < 0 ? source + size : source, size);
  key->low_port = ports[order >= 0];
  key->high_port = ports[order < 0];
  return 1;
}

void tally_frame(const unsigned char *data, unsigned length, unsigned whole, int to_service, uint64_t now) {
  struct key key = { 0 };
  struct count one = { 1, whole };
  int begins = 0;
  uint16_t type = length < ETH_HLEN ? 0 : data[12] << 8 | data[13];
  if ((type != ETH_P_IP && type != ETH_P_IPV6) || !read_key(&key, data + ETH_HLEN, length - ETH_HLEN, &begins)) {
    uint16_t name = type == ETH_P_ARP ? arp : non_ip;
    struct application *what = application(name, name);
    add(to_service ? &what->to : &what->from, one);
    return;
  }
  struct flow *flow = conversation(&key, now, begins);
  flow->seen = now;
  if (flow->application) {
    add(to_service ? &flow->application->to : &flow->application->from, one);
    return;
  }
  add(to_service ? &flow->to : &flow->from, one);
  ndpi_protocol found = ndpi_detection_process_packet(detection, flow->ndpi, data + ETH_HLEN, length - ETH_HLEN, now);
  if (++flow->packets >= (key.protocol == IPPROTO_TCP ? enough_tcp : enough_udp)) give_up(flow);
  else if (found.app_protocol != NDPI_PROTOCOL_UNKNOWN && !ndpi_extra_dissection_possible(detection, flow->ndpi))
    settle(flow, found);
  else {
    flow->held += length;
    held += length;
    while (pending > most_pending || held > most_held) give_up(first);
  }
}

static const char *name_of(uint16_t id) {
  static const char *const own[] = { "ARP", "Non-IP", "Other" };
  return id >= arp ? own[id - arp] : ndpi_get_proto_name(detection, id);
}

void tally_report(const char *path, uint64_t since, unsigned long long missed, uint64_t now) {
  char fresh[4096];
  snprintf(fresh, sizeof fresh, "%s.new", path);
  // What has gone silent without a name is not waited for.
  for (struct flow *flow = flows[0]; flow < flows[sets]; flow++)
    if (flow->ndpi && (int64_t)(now - flow->seen) > waits) give_up(flow);
  FILE *file = fopen(fresh, "w");
  if (!file) { perror(fresh); exit(1); }
  fprintf(file, "{\"since\":%llu,\"missed\":%llu,\"applications\":[", (unsigned long long)since, missed);
  for (struct application *one = applications; one < applications + known; one++)
    fprintf(file, "%s{\"protocol\":\"%s\",\"application\":\"%s\",\"flows\":%llu,\"ingress\":{\"packets\":%llu,\"bytes\":%llu},"
      "\"egress\":{\"packets\":%llu,\"bytes\":%llu}}", one == applications ? "" : ",", name_of(one->protocol),
      name_of(one->name), one->flows, one->to.packets, one->to.bytes, one->from.packets, one->from.bytes);
  fputs("]}\n", file);
  if (fclose(file) != 0 || rename(fresh, path) != 0) { perror(path); exit(1); }
}

int tally_start(void) {
  NDPI_PROTOCOL_BITMASK all;
  detection = ndpi_init_detection_module(ndpi_no_prefs);
  if (!detection) return 0;
  NDPI_BITMASK_SET_ALL(all);
  ndpi_set_protocol_detection_bitmask2(detection, &all);
  ndpi_finalize_initialization(detection);
  return 1;
}
