// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Telemetry of a patch panel, at its ports of functions: what goes into one (egress of the port), what comes out of it (ingress of
// the other), and how long it was in there. All frames are counted. Of some the time is taken: what they are known by again is a
// hash over what functions do not change (RFC 5475, 6.2), whatever NAT, routing or segmentation does to them meanwhile.
//
//   ── enter ──► a ═ o  function  i ═ b ── leave ──►          and the same from b to a
//
// tc-bpf(8), direct action, each hands on everything. Beside the panel's own programs, which know nothing of it. Of a port that is
// not noted nothing is counted.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "hash.h"
#include "probes.h"

#define PORTS 16384
/** Of so many frames the time of one is taken; besides, of the first after so many nanoseconds. */
#define EVERY 32
#define PACE 50000000ULL
/** Frames whose time is taken at once, of a port. */
#define FLIGHTS 16
/** Nanoseconds after which one is given up that did not come out. */
#define LONGEST 4000000000ULL
/** Four for each doubling, from 256 ns to 17 s: as src/networks/path/telemetry/buckets.ts has them. */
#define BUCKETS 104
#define SMALLEST_SHIFT 8
/** `HOP!`: what follows in skb->cb is when a frame came out of a function. */
#define HOP_MAGIC 0x484f5021
/** Nanoseconds: from one function to the next nothing waits. */
#define LONGEST_HOP 1000000000ULL

/** Of the interfaces of a function that routes: `hardwareAddress` in src/networks/path/patch/routing/state.ts. */
static const __u8 routing[ETH_ALEN] = { 0x02, 0x48, 0x44, 0x4c, 0x00, 0x01 };

struct tally {
	__u64 packets; // of what the kernel will cut into several, all of these
	__u64 bytes; // with the headers of each, from Ethernet on
};

/** What a port has seen. */
struct end {
	struct tally entered, left;
	__u64 frames; // that entered
	__u64 timed; // when the time of the last was taken, by the kernel's coarse clock
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, struct end);
	__uint(max_entries, PORTS);
} ends SEC(".maps");

/** The port on the other side of the function. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, __u32); // ifindex
	__uint(max_entries, PORTS);
} across SEC(".maps");

struct flight {
	__u64 since; // CLOCK_MONOTONIC, nanoseconds
	__u32 print; // 0: none
	__u32 unused;
};

/** Frames whose time is taken and that are to come out at a port. */
struct airspace {
	struct bpf_spin_lock lock;
	__u32 busy; // a bit for each flight
	struct flight flights[FLIGHTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, struct airspace);
	__uint(max_entries, PORTS);
} airspaces SEC(".maps");

/** What came of it, by the port that they come out at. */
struct timing {
	__u64 begun; // frames whose time was to be taken
	__u64 sum; // nanoseconds
	__u64 hops, hop_sum; // from the function before to this one: frames, nanoseconds
	__u32 counts[BUCKETS];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, struct timing);
	__uint(max_entries, PORTS);
} timings SEC(".maps");

/** What the kernel of a function that routes says to all who are there, of itself: nobody hears it, and it has passed nothing. */
static __always_inline bool is_own_word(struct __sk_buff *skb)
{
	struct ethhdr frame;

	// Of what is for one alone there is nothing to read.
	if (skb->pkt_type != PACKET_BROADCAST && skb->pkt_type != PACKET_MULTICAST)
		return false;
	if (bpf_skb_load_bytes(skb, 0, &frame, sizeof(frame)))
		return false;
	for (int i = 0; i < ETH_ALEN; i++)
		if (frame.h_source[i] != routing[i])
			return false;
	return true;
}

/** Bytes of headers that each part of what is to be cut will have. */
static __always_inline __u32 headers_of(struct __sk_buff *skb)
{
	__u32 transport = ETH_HLEN + sizeof(struct ipv6hdr);
	__u8 protocol = IPPROTO_TCP, offset;
	struct iphdr ip;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)))
			return 0;
		transport = ETH_HLEN + ip.ihl * 4;
		protocol = ip.protocol;
	} else if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &protocol, 1)) {
		return 0;
	}
	if (protocol != IPPROTO_TCP)
		return transport + 8;
	// RFC 9293, 3.1: the data offset, in words.
	if (bpf_skb_load_bytes(skb, transport + 12, &offset, 1))
		return 0;
	return transport + (offset >> 4) * 4;
}

static __always_inline void count(struct __sk_buff *skb, struct tally *tally)
{
	__u32 parts = 1, headers = 0;

	if (skb->gso_size) {
		headers = headers_of(skb);
		parts = skb->gso_segs;
		if (!parts)
			parts = (skb->len - headers + skb->gso_size - 1) / skb->gso_size;
	}
	tally->packets += parts;
	tally->bytes += skb->len + (parts - 1) * headers;
}

/** Over as many of four words as there are. */
static __always_inline __u32 mixed_from(struct __sk_buff *skb, __u32 hash, __u32 offset)
{
	__u32 words[4] = {};

	if (bpf_skb_load_bytes(skb, offset, words, 16) && bpf_skb_load_bytes(skb, offset, words, 8))
		bpf_skb_load_bytes(skb, offset, words, 4);
	for (int i = 0; i < 4; i++)
		hash = mixed(hash, words[i]);
	return hash;
}

/** What a frame is known by on both sides of a function: no addresses, ports or checksums, and nothing that a router changes. */
static __always_inline __u32 print_of(struct __sk_buff *skb)
{
	__u32 transport, hash = skb->protocol;
	__u8 protocol;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		struct iphdr ip;

		if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)))
			return 0;
		hash = mixed(hash, (__u32)ip.id << 16 | ip.protocol);
		// Of later fragments.
		if (ip.frag_off & bpf_htons(0x1fff))
			return mixed(hash, ip.frag_off) | 1;
		protocol = ip.protocol;
		transport = ETH_HLEN + ip.ihl * 4;
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &protocol, 1))
			return 0;
		hash = mixed(hash, protocol);
		transport = ETH_HLEN + sizeof(struct ipv6hdr);
	} else {
		// Past what says of ARP that it is that.
		return mixed_from(skb, hash, ETH_HLEN + 8) | 1;
	}
	if (protocol == IPPROTO_TCP) {
		struct {
			__u32 sequence, acknowledgement, rest[3];
			__u32 option, value, echo; // of most, its time stamp (RFC 7323, 3.2)
		} tcp = {};

		// Without ports. What is cut later has the same in the first of its parts.
		if (bpf_skb_load_bytes(skb, transport + 4, &tcp, 28) && bpf_skb_load_bytes(skb, transport + 4, &tcp, 16))
			return 0;
		hash = mixed(mixed(hash, tcp.sequence), tcp.acknowledgement);
		// Without options there is payload, or nothing.
		if ((tcp.rest[0] & 0xf0) >= 0x80)
			hash = mixed(mixed(hash, tcp.value), tcp.echo);
		return hash | 1;
	}
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6) {
		__u8 icmp[8];

		if (bpf_skb_load_bytes(skb, transport, icmp, sizeof(icmp)))
			return 0;
		// Type, code and number: NAT changes the identifier.
		hash = mixed(hash, icmp[0] << 24 | icmp[1] << 16 | icmp[6] << 8 | icmp[7]);
		return mixed_from(skb, hash, transport + 8) | 1;
	}
	return mixed_from(skb, hash, transport + (protocol == IPPROTO_UDP ? 8 : 0)) | 1;
}

static __always_inline __u32 bucket_of(__u64 nanoseconds)
{
	__u64 units = nanoseconds >> SMALLEST_SHIFT;
	__u32 exponent = 2;

	if (units < 4)
		return units;
	if (units >> 27)
		return BUCKETS - 1;
	for (int i = 0; i < 24; i++)
		exponent += units >> (i + 3) ? 1 : 0;
	return (exponent - 1) * 4 + (units >> (exponent - 2) & 3);
}

/** Whether a frame came out of another function just now; notes how long that was ago. */
static __always_inline void note_hop(struct __sk_buff *skb, __u32 exit)
{
	__u64 took = bpf_ktime_get_ns() - ((__u64)skb->cb[2] << 32 | skb->cb[1]);
	struct timing *timing = bpf_map_lookup_elem(&timings, &exit);

	if (!timing || took > LONGEST_HOP)
		return;
	__sync_fetch_and_add(&timing->hops, 1);
	__sync_fetch_and_add(&timing->hop_sum, took);
}

/** Takes the time of a frame that goes in, if it can be told from those whose time is taken already. */
static __always_inline void begin(struct __sk_buff *skb, __u32 exit)
{
	struct airspace *airspace = bpf_map_lookup_elem(&airspaces, &exit);
	struct timing *timing = bpf_map_lookup_elem(&timings, &exit);
	__u32 print = print_of(skb);
	// The lowest bit is the same in all.
	__u32 bit = print >> 1 & (FLIGHTS - 1);
	bool is_begun = false;
	struct flight *flight;
	__u64 now;

	if (!airspace || !timing || !print)
		return;
	flight = &airspace->flights[bit];
	now = bpf_ktime_get_ns();
	bpf_spin_lock(&airspace->lock);
	if (!flight->print || now - flight->since > LONGEST) {
		flight->print = print;
		flight->since = now;
		airspace->busy |= 1 << bit;
		is_begun = true;
	} else if (flight->print == print) {
		// Of two that are alike nobody can tell which one comes out.
		flight->print = 0;
		airspace->busy &= ~(1 << bit);
	}
	bpf_spin_unlock(&airspace->lock);
	if (is_begun)
		__sync_fetch_and_add(&timing->begun, 1);
}

/** At the egress of a port: a frame goes into the function. Most touch nothing but the port's own counters. */
SEC("tc")
int enter(struct __sk_buff *skb)
{
	__u32 port = skb->ifindex, *exit;
	bool is_due, is_hop;
	struct end *end;
	struct tag tag;
	__u64 now;

	// Probes are nobody's traffic.
	if (probe_in(skb, &tag))
		return TC_ACT_UNSPEC;
	end = bpf_map_lookup_elem(&ends, &port);
	if (!end)
		return TC_ACT_UNSPEC;
	count(skb, &end->entered);
	is_hop = skb->cb[0] == HOP_MAGIC;
	now = bpf_ktime_get_coarse_ns();
	is_due = end->frames++ % EVERY == 0 || now - end->timed >= PACE;
	if (!is_due && !is_hop)
		return TC_ACT_UNSPEC;
	exit = bpf_map_lookup_elem(&across, &port);
	if (!exit)
		return TC_ACT_UNSPEC;
	if (is_hop) {
		note_hop(skb, *exit);
		skb->cb[0] = 0;
	}
	if (is_due) {
		end->timed = now;
		begin(skb, *exit);
	}
	return TC_ACT_UNSPEC;
}

/** At the ingress of a port: a frame comes out of the function. */
SEC("tc")
int leave(struct __sk_buff *skb)
{
	__u32 port = skb->ifindex, print, bucket, bit;
	struct airspace *airspace;
	struct flight *flight;
	struct timing *timing;
	__u64 now, since = 0;
	struct end *end;
	struct tag tag;

	if (probe_in(skb, &tag) || is_own_word(skb))
		return TC_ACT_UNSPEC;
	skb->cb[0] = 0;
	end = bpf_map_lookup_elem(&ends, &port);
	if (!end)
		return TC_ACT_UNSPEC;
	count(skb, &end->left);
	airspace = bpf_map_lookup_elem(&airspaces, &port);
	if (!airspace || !airspace->busy)
		return TC_ACT_UNSPEC;
	now = bpf_ktime_get_ns();
	print = print_of(skb);
	bit = print >> 1 & (FLIGHTS - 1);
	flight = &airspace->flights[bit];
	bpf_spin_lock(&airspace->lock);
	if (print && flight->print == print) {
		since = flight->since;
		flight->print = 0;
		airspace->busy &= ~(1 << bit);
	}
	bpf_spin_unlock(&airspace->lock);
	if (!since || now < since)
		return TC_ACT_UNSPEC;
	timing = bpf_map_lookup_elem(&timings, &port);
	bucket = bucket_of(now - since);
	if (!timing || bucket >= BUCKETS)
		return TC_ACT_UNSPEC;
	__sync_fetch_and_add(&timing->sum, now - since);
	__sync_fetch_and_add(&timing->counts[bucket], 1);
	now = bpf_ktime_get_ns();
	skb->cb[1] = now;
	skb->cb[2] = now >> 32;
	skb->cb[0] = HOP_MAGIC;
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
