// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Which of several instances of a function a frame passes: that which its flow is noted for, in both directions, whoever comes or
// goes meanwhile; a new flow is given to one of those that are active. User space writes what instances there are, and nothing else.
//
//   prev ── towards the pod, at the outer ports ──►  instance 1 … n  ◄── towards the network, at the inner ports ── next
//
// What is of no flow that is noted is given by a hash of whose it is: of the same instances it is always the same (rendezvous
// hashing: Thaler and Ravishankar, 1998), so that a flow that is forgotten moves only if instances came or went since.

#include "flow-key.h"
#include "hash.h"
#include "probes.h"

#define INSTANCES 16
#define GROUPS 4096
#define FLOWS 32768

/** In the place of a port's index: a group of instances, entered at its outer ports, or at its inner ones. No index is as large. */
#define IS_GROUP (1U << 31)
#define IS_INNER (1U << 30)

/** Nanoseconds after which a flow is over that nobody has seen: RFC 5382, REQ-5, of TCP that is open, and that ends; RFC 4787, REQ-5; RFC 5508, REQ-2. */
#define SECOND 1000000000ULL
#define IDLE_OPEN (7440 * SECOND)
#define IDLE_ENDING (240 * SECOND)
#define IDLE_UDP (300 * SECOND)
#define IDLE_OTHER (60 * SECOND)

/** Beside the two ends' bits in `ended`: all has been said. What comes again for a while (a FIN whose ACK was lost) passes as before. */
#define IS_FINISHED 4

struct instance {
	__u32 id; // which no other has that stood in its place
	__u32 outer, inner; // ifindex
};

struct group {
	__u32 scope; // of its flows: it outlives the group; and what hashes begin with
	__u32 place; // among the groups of its chain
	__u32 count;
	__u32 active; // a bit for each instance
	__u32 elder; // id of that which all flows passed before any was noted
	__u32 unused;
	__u64 elder_until; // nanoseconds: as long as one of these may be open
	struct instance instances[INSTANCES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // without IS_GROUP and IS_INNER
	__type(value, struct group);
	__uint(max_entries, GROUPS);
} groups SEC(".maps");

struct flow_state {
	__u64 seen;
	__u32 instance;
	__u8 spoken; // a bit for each end that has said something
	__u8 ended; // and that will not any more; IS_FINISHED
	__u16 unused;
};

/** When it is full, the flow goes that was silent longest. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct flow_key);
	__type(value, struct flow_state);
	__uint(max_entries, FLOWS);
} flows SEC(".maps");

/** The place of a new flow's instance; none: INSTANCES. By itself for who verifies programs: so it is looked at once. */
__noinline __u32 drawn(const struct group *group, const struct flow_key *key)
{
	const __u32 *all = (const __u32 *)key;
	__u64 most = 0;
	__u32 hash = 0;

	if (!group || !key)
		return INSTANCES;
	for (__u32 at = 0; at < sizeof(*key) / sizeof(*all); at++)
		hash = mixed(hash, all[at]);
	for (__u32 slot = 0; slot < INSTANCES && slot < group->count; slot++) {
		__u64 weight = (__u64)mixed(hash, group->instances[slot].id) << 32 | (slot + 1);

		if (group->active >> slot & 1 && weight > most)
			most = weight;
	}
	return most ? (__u32)most - 1 : INSTANCES;
}

/** The compiler sees that the mask is not needed; who verifies the program does not. */
static __always_inline const struct instance *at(const struct group *group, __u32 slot)
{
	barrier_var(slot);
	return &group->instances[slot & (INSTANCES - 1)];
}

static __always_inline __u32 slot_of(const struct group *group, __u32 id)
{
	for (__u32 slot = 0; slot < INSTANCES; slot++)
		if (slot < group->count && group->instances[slot].id == id)
			return slot;
	return INSTANCES;
}

static __always_inline bool is_over(const struct flow_key *key, const struct flow_state *state, __u64 now)
{
	__u64 idle = now - state->seen;

	// Another processor has written it meanwhile.
	if (now < state->seen)
		return false;
	switch (key->protocol) {
	case IPPROTO_TCP:
		// What nobody answers is none that could be lost; the other is TIME-WAIT (RFC 9293, 3.3.2), as long as Linux has it.
		if (state->spoken != 3 || state->ended & IS_FINISHED)
			return idle > IDLE_OTHER;
		return idle > (state->ended ? IDLE_ENDING : IDLE_OPEN);
	case IPPROTO_UDP:
		return idle > IDLE_UDP;
	default:
		return idle > IDLE_OTHER;
	}
}

/** Keeps what a frame says of its flow. */
static __always_inline void follow(const struct seen *seen, struct flow_state *state, __u64 now)
{
	__u8 bit = 1 << (seen->end & 1);
	bool is_last = seen->flags & TCP_RST ||
		       ((state->ended & 3) == 3 && !seen->has_payload && !(seen->flags & (TCP_SYN | TCP_FIN)));

	if (is_last && !(state->ended & IS_FINISHED))
		state->ended |= IS_FINISHED;
	// A RST that its receiver did not believe ends nothing (RFC 5961, 3.2).
	if (!is_last && seen->has_payload && state->ended & IS_FINISHED)
		state->ended &= ~IS_FINISHED;
	if (seen->flags & TCP_FIN && !(state->ended & bit))
		state->ended |= bit;
	if (!(state->spoken & bit))
		state->spoken |= bit;
	if (now - state->seen > SECOND)
		state->seen = now;
}

/** The place of the instance that a frame's flow is with, or is given to; none: INSTANCES. */
static __always_inline __u32 followed(struct __sk_buff *skb, const struct group *group)
{
	struct seen seen = {};
	struct flow_state *state, made = { .seen = bpf_ktime_get_ns() };
	__u32 slot = INSTANCES;
	bool is_begun;

	if (!read_seen(skb, &seen))
		return INSTANCES;
	seen.key.scope = group->scope;
	state = bpf_map_lookup_elem(&flows, &seen.key);
	// The same ends begin anew: it is another flow.
	if (state && state->ended & IS_FINISHED && (seen.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		state = 0;
	if (state && !is_over(&seen.key, state, made.seen))
		slot = slot_of(group, state->instance);
	if (state && slot < INSTANCES) {
		if (!seen.is_about)
			follow(&seen, state, made.seen);
		return slot;
	}
	is_begun = seen.key.protocol == IPPROTO_TCP && (seen.flags & (TCP_SYN | TCP_ACK)) != TCP_SYN;
	if (is_begun && made.seen < group->elder_until)
		slot = slot_of(group, group->elder);
	if (slot == INSTANCES)
		slot = drawn(group, &seen.key);
	// The last word of a flow that is forgotten already begins none.
	if (slot >= INSTANCES || seen.is_about || seen.flags & TCP_RST ||
	    (is_begun && !seen.has_payload && !(seen.flags & TCP_SYN)))
		return slot;
	made.instance = at(group, slot)->id;
	made.spoken = 1 << (seen.end & 1);
	if (seen.flags & TCP_FIN)
		made.ended = made.spoken;
	bpf_map_update_elem(&flows, &seen.key, &made, BPF_ANY);
	return slot;
}

/** Where a frame goes that is led to a group, 0: nowhere. `next`: the group's number; `choices`: of a probe. */
__noinline __u32 choose(struct __sk_buff *skb, __u32 next, const struct choices *choices)
{
	__u32 id = next & ~(IS_GROUP | IS_INNER);
	struct group *group = bpf_map_lookup_elem(&groups, &id);
	__u32 slot;

	if (!group)
		return 0;
	slot = choices ? choices->slots[group->place & (PROBE_CHOICES - 1)] : followed(skb, group);
	if (slot >= group->count || slot >= INSTANCES)
		return 0;
	return next & IS_INNER ? at(group, slot)->inner : at(group, slot)->outer;
}

struct bpf_map;

struct counting {
	__u64 now;
	__u32 instance, open;
};

/** Of a question and its answer there is nothing to end: no instance is kept for the next one. */
static __always_inline bool is_asking(const struct flow_key *key)
{
	return key->ethertype == bpf_htons(ETH_P_ARP) || key->protocol == IPPROTO_ICMP || key->protocol == IPPROTO_ICMPV6;
}

static long count_open(struct bpf_map *map, struct flow_key *key, struct flow_state *state, struct counting *of)
{
	if (state->instance == of->instance && !is_asking(key) && !(state->ended & IS_FINISHED) &&
	    !is_over(key, state, of->now))
		of->open++;
	return 0;
}

/** For user space (BPF_PROG_TEST_RUN): how many flows an instance has that are not over. The frame begins with its id. */
SEC("tc")
int open_flows(struct __sk_buff *skb)
{
	struct counting of = { .now = bpf_ktime_get_ns() };

	if (bpf_skb_load_bytes(skb, 0, &of.instance, sizeof(of.instance)))
		return -1;
	bpf_for_each_map_elem(&flows, count_open, &of, 0);
	return of.open;
}
