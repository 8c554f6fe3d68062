// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The patch panel of an application: a network namespace in which ends of links stand that lead to pods, to functions in their
// paths, and to the switches of their networks. A frame that comes in at one goes out by the one that is noted for it, whatever
// its EtherType; one for which nothing is noted goes nowhere. Nothing else in that namespace forwards.
//
//   pod ═ inner ── pass ──► inner ═ function ═ outer ── pass ──► outer ═ switch
//
// At two ports of a pod's way, towards the network and towards the pod, chains begin: there it is by whom a frame is exchanged
// with, and by which port, where it goes next. Where several instances of a function stand, it is by its flow. tc-bpf(8), direct
// action, at the ingress of each end.
//
// Probes are led like all other frames, and noted wherever they come in, by another program within the functions as well. None
// leaves a way at its ends.

#include "flow.h"
#include "instances.h"
#include "probes.h"

#include <linux/pkt_cls.h>

#define PORTS 16384
#define RULES 256

/** Where frames go that come in at a port. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, __u32); // ifindex
	__uint(max_entries, PORTS);
} hops SEC(".maps");

/** A port at which chains begin. What is noted for them is of one generation, and takes the place of another at once. */
struct head {
	__u32 generation;
	__u32 next; // of what is of no chain
	__u32 rules; // how many
	__u32 inbound; // whether frames come from the network there: who they are exchanged with is their source
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, struct head);
	__uint(max_entries, PORTS);
} heads SEC(".maps");

struct rule_key {
	__u32 port; // ifindex
	__u32 generation;
	__u32 number;
};

/** Frames of a chain, by their protocol and port. */
struct rule {
	__u32 next; // ifindex
	__u32 chain; // its bit in the mask of a peer
	__u16 from, to;
	__u8 protocol; // 0: all of the chain's
	__u8 at_peer; // whether the port is the peer's
	__u16 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct rule_key);
	__type(value, struct rule);
	__uint(max_entries, PORTS * 4);
} rules SEC(".maps");

struct peer_key {
	__u32 prefix; // bits of what follows
	__u32 port; // ifindex
	__u32 generation;
	__u8 address[16]; // of IPv4 mapped (RFC 4291, 2.5.5.2); of what is no IP the hardware address, behind ten bytes of ones
};

/** The chains that a peer's address is of, a bit each. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct peer_key);
	__type(value, __u64);
	__uint(max_entries, PORTS * 16);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SIGHTINGS);
} sightings SEC(".maps");

/** Notes where one is seen; who reads too slowly misses it. */
static __always_inline void note(const struct tag *tag, __u32 port)
{
	struct sighting seen = { .time = bpf_ktime_get_ns(), .port = port, .number = tag->number };

	__builtin_memcpy(seen.id, tag->id, PROBE_ID);
	bpf_ringbuf_output(&sightings, &seen, sizeof(seen), 0);
}

/** The same at the end of its way, with what it says of whose it is by then: functions may have changed that. */
static __noinline int note_end(struct __sk_buff *skb, __u32 port)
{
	struct sighting seen = { .time = bpf_ktime_get_ns(), .port = port, .is_end = true };
	struct flow flow = {};
	struct tag tag;

	if (bpf_skb_load_bytes(skb, skb->len - sizeof(tag), &tag, sizeof(tag)) ||
	    bpf_skb_load_bytes(skb, 0, seen.hardware, sizeof(seen.hardware)))
		return 0;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		read_ipv4(skb, &flow);
	else
		read_ipv6(skb, &flow);
	__builtin_memcpy(seen.id, tag.id, PROBE_ID);
	seen.number = tag.number;
	__builtin_memcpy(seen.source, flow.source, 16);
	__builtin_memcpy(seen.destination, flow.destination, 16);
	seen.source_port = flow.source_port;
	seen.destination_port = flow.destination_port;
	bpf_ringbuf_output(&sightings, &seen, sizeof(seen), 0);
	return 0;
}

static __always_inline bool is_ip(struct __sk_buff *skb)
{
	return skb->protocol == bpf_htons(ETH_P_IP) || skb->protocol == bpf_htons(ETH_P_IPV6);
}

/** The chains that somebody is of, by an address; none where nothing is noted. */
static __always_inline __u64 chains_of(struct peer_key *peer)
{
	__u64 *chains = bpf_map_lookup_elem(&peers, peer);

	return chains ? *chains : 0;
}

/**
 * Where a frame goes that came in where chains begin. Whoever sends in another's name is told by its hardware address still, and one
 * that has come through the gateway by that of the gateway.
 */
static __always_inline __u32 next_of(struct __sk_buff *skb, __u32 port, const struct head *head)
{
	struct flow flow = {};
	struct peer_key peer = { .prefix = 192, .port = port, .generation = head->generation };
	struct rule_key key = { .port = port, .generation = head->generation };
	bool is_tagged = skb->vlan_present || skb->protocol == bpf_htons(ETH_P_8021Q) ||
			 skb->protocol == bpf_htons(ETH_P_8021AD);
	__u16 own_port, peer_port;
	__u32 hidden_next = 0;
	__u64 chains = 0;

	if (!is_tagged && skb->protocol == bpf_htons(ETH_P_ARP))
		return head->next;
	if (!is_tagged && ((skb->protocol == bpf_htons(ETH_P_IP) && read_ipv4(skb, &flow)) ||
			   (skb->protocol == bpf_htons(ETH_P_IPV6) && read_ipv6(skb, &flow)))) {
		__builtin_memcpy(peer.address, head->inbound ? flow.source : flow.destination, 16);
		chains = chains_of(&peer);
	} else {
		flow.is_hidden = is_tagged || is_ip(skb);
	}
	if (flow.is_of_link)
		return head->next;
	__builtin_memset(peer.address, 0xff, 10);
	if (bpf_skb_load_bytes(skb, head->inbound ? ETH_ALEN : 0, peer.address + 10, ETH_ALEN))
		return 0;
	// What is said to all says nothing of who takes it; a tag may hide who that is.
	if (!(peer.address[10] & 1))
		chains |= chains_of(&peer);
	else if (is_tagged)
		return 0;
	if (!chains)
		return head->next;
	own_port = head->inbound ? flow.destination_port : flow.source_port;
	peer_port = head->inbound ? flow.source_port : flow.destination_port;
	for (__u32 number = 0; number < RULES && number < head->rules; number++) {
		struct rule *rule;
		__u16 said;

		key.number = number;
		rule = bpf_map_lookup_elem(&rules, &key);
		// One that is not there is no reason to go around its functions.
		if (!rule)
			return 0;
		if (!(chains >> (rule->chain & 63) & 1))
			continue;
		if (flow.is_hidden) {
			// It may be of each of the chains with this peer, and cannot pass the functions of two.
			if (hidden_next && hidden_next != rule->next)
				return 0;
			hidden_next = rule->next;
			continue;
		}
		if (!rule->protocol)
			return rule->next;
		said = rule->at_peer ? peer_port : own_port;
		if (flow.has_ports && flow.protocol == rule->protocol && said >= rule->from && said <= rule->to)
			return rule->next;
	}
	return hidden_next ? hidden_next : head->next;
}

/** Leads a frame on that came in at a port. */
static __always_inline int lead(struct __sk_buff *skb, __u32 port)
{
	struct head *head = bpf_map_lookup_elem(&heads, &port);
	__u32 *hop, next = 0;
	struct probe *probe;
	struct tag tag;

	if (head) {
		next = next_of(skb, port, head);
	} else {
		hop = bpf_map_lookup_elem(&hops, &port);
		if (hop)
			next = *hop;
	}
	probe = probe_in(skb, &tag);
	if (probe) {
		note(&tag, port);
		if (next && (next == probe->ends[0] || next == probe->ends[1])) {
			note_end(skb, next);
			return TC_ACT_SHOT;
		}
	}
	if (next & IS_GROUP)
		next = choose(skb, next, probe ? &probe->choices : NULL);
	if (!next)
		return TC_ACT_SHOT;
	return bpf_redirect(next, 0);
}

SEC("tc")
int pass(struct __sk_buff *skb)
{
	return lead(skb, skb->ifindex);
}

/** At the panel's own loopback: probes are led as if they came in at an end of their way. */
SEC("tc")
int inject(struct __sk_buff *skb)
{
	struct probe *probe;
	struct tag tag;

	probe = probe_in(skb, &tag);
	return probe ? lead(skb, probe->ends[bpf_ntohs(tag.end) & 1]) : TC_ACT_SHOT;
}

/** At the ends within a function's namespace: it hands on everything. */
SEC("tc")
int see(struct __sk_buff *skb)
{
	struct tag tag;

	if (probe_in(skb, &tag))
		note(&tag, skb->ifindex);
	return TC_ACT_UNSPEC;
}

/** The same where packets are marked by where they come in (dataplane/route.bpf.c): a probe is marked as one before. */
SEC("tc")
int tell(struct __sk_buff *skb)
{
	struct tag tag;

	if (probe_in(skb, &tag)) {
		note(&tag, skb->ifindex);
		skb->mark = PROBE_MARK;
	}
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
