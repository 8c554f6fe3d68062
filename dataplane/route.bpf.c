// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The ends of a passage through a function of the modes `route` and `proxy`: what the kernel routes in its namespace has the hardware addresses
// there that whoever stands beside it expects, so that those on both sides see what they would see without it.
//
//   switch ─ outer ═ o ─ routing, by the interface that a packet came in at ─ i ═ inner ─ pod
//            enter ►                                                              ◄ enter
//            ◄ leave                                                              leave ►
//
// `enter` hangs at the egress of both ends at the panel and `leave` at their ingress, before the program that leads on; `arrive` at
// the ingress of both in the function's namespace. What is no IP, or for several, goes no further.

#include "flow.h"
#include "probe.h"

#include <linux/pkt_cls.h>

#define ENDS 16384
#define NEIGHBOURS 65536

/** An end of a passage at the panel. */
struct end {
	__u32 scope; // the outer of its ends; of proxies one for all in a network
	__u8 pod[ETH_ALEN];
	__u8 gateway[ETH_ALEN]; // of the network
	__u8 inside[ETH_ALEN]; // of the interface in the function, which nobody else sees
	__u8 has_gateway;
	__u8 is_outer;
	__u8 is_outside; // its packets are of whoever is behind the gateway, whatever hardware address a frame names besides
	__u8 unused[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, struct end);
	__uint(max_entries, ENDS);
} ends SEC(".maps");

/** An interface in a function that is a proxy. */
struct listener {
	__u32 passage; // the outer of its ends at the panel
	__u32 port; // where the program listens
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, struct listener);
	__uint(max_entries, ENDS);
} listeners SEC(".maps");

struct neighbour_key {
	__u32 scope;
	__u8 address[16]; // of IPv4 mapped (RFC 4291, 2.5.5.2)
};

struct neighbour {
	__u8 hardware[ETH_ALEN];
	__u8 unused[2];
};

/** Where on the network an address was seen last. Each packet says it of its own before it is needed. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct neighbour_key);
	__type(value, struct neighbour);
	__uint(max_entries, NEIGHBOURS);
} neighbours SEC(".maps");

/** What a function without an address of its own sends errors from until they leave it: 192.0.0.8 (RFC 7600, 4.8), 100::8 (RFC 6666). */
#define DUMMY_IPV4 0xc0000008
#define DUMMY_IPV6_FIRST 0x0100000000000000ULL
#define DUMMY_IPV6_LAST 8

static __always_inline bool is_same(const __u8 *a, const __u8 *b, int length)
{
	for (int i = 0; i < length; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

struct addresses {
	__u8 source[16], destination[16];
};

/** Nothing of what is no IP. */
static __always_inline bool read_addresses(struct __sk_buff *skb, struct addresses *of)
{
	__be32 pair[2];

	if (skb->vlan_present)
		return false;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, saddr), pair, sizeof(pair)))
			return false;
		map_ipv4(of->source, pair[0]);
		map_ipv4(of->destination, pair[1]);
		return true;
	}
	return skb->protocol == bpf_htons(ETH_P_IPV6) &&
	       !bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), of, sizeof(*of));
}

/** Whether an address is of several, or of nobody beyond the link. */
static __always_inline bool is_for_several(struct __sk_buff *skb, const __u8 address[16])
{
	return skb->protocol == bpf_htons(ETH_P_IP) ? address[12] >= 224 : address[0] == 0xff;
}

static __always_inline bool is_dummy(struct __sk_buff *skb, const __u8 address[16])
{
	__be64 half[2];

	__builtin_memcpy(half, address, 16);
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return (half[1] & bpf_cpu_to_be64(0xffffffff)) == bpf_cpu_to_be64(DUMMY_IPV4);
	return half[0] == bpf_cpu_to_be64(DUMMY_IPV6_FIRST) && half[1] == bpf_cpu_to_be64(DUMMY_IPV6_LAST);
}

/** Towards the function. */
SEC("tc")
int enter(struct __sk_buff *skb)
{
	__u32 port = skb->ifindex;
	struct end *end = bpf_map_lookup_elem(&ends, &port);
	struct neighbour_key key = {};
	struct neighbour seen = {}, *known;
	struct addresses of;
	struct ethhdr frame;

	if (!end || !read_addresses(skb, &of) || bpf_skb_load_bytes(skb, 0, &frame, sizeof(frame)))
		return TC_ACT_SHOT;
	// Whatever is for the function itself is taken by it before it is routed: nobody is to be called what it calls itself.
	if (is_dummy(skb, of.source) || is_dummy(skb, of.destination))
		return TC_ACT_SHOT;
	// What a switch sends everywhere is not for this pod because it comes this way.
	if (!is_same(end->is_outer ? frame.h_dest : frame.h_source, end->pod, ETH_ALEN) || frame.h_dest[0] & 1)
		return TC_ACT_SHOT;
	key.scope = end->scope;
	__builtin_memcpy(key.address, end->is_outer ? of.source : of.destination, 16);
	__builtin_memcpy(seen.hardware, end->is_outer ? frame.h_source : frame.h_dest, ETH_ALEN);
	known = bpf_map_lookup_elem(&neighbours, &key);
	if (!end->is_outside && (!known || !is_same(known->hardware, seen.hardware, ETH_ALEN)))
		bpf_map_update_elem(&neighbours, &key, &seen, BPF_ANY);
	if (bpf_skb_store_bytes(skb, 0, end->inside, ETH_ALEN, 0))
		return TC_ACT_SHOT;
	return TC_ACT_UNSPEC;
}

/**
 * An error that the function itself sends comes from the address that the packet was for which it is about: both ends know that
 * one, and rules on its way let it pass. Whether it may go on.
 */
static __always_inline bool own_error_ipv4(struct __sk_buff *skb, struct addresses *of)
{
	struct iphdr ip, quoted;
	__u8 type;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.protocol != IPPROTO_ICMP || ip.ihl < 5 ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + ip.ihl * 4, &type, 1) ||
	    (type != UNREACHABLE && type != TIME_EXCEEDED && type != PARAMETER_PROBLEM) ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + ip.ihl * 4 + ICMP_QUOTED, &quoted, sizeof(quoted)))
		return false;
	map_ipv4(of->source, quoted.daddr);
	return !bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check), ip.saddr, quoted.daddr, 4) &&
	       !bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, saddr), &quoted.daddr, 4, 0);
}

static __always_inline bool own_error_ipv6(struct __sk_buff *skb, struct addresses *of)
{
	const int icmp = ETH_HLEN + sizeof(struct ipv6hdr);
	__u8 before[16], next, type;
	__s64 change;

	__builtin_memcpy(before, of->source, 16);
	// Types below 128 are errors (RFC 4443, 2.1).
	if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, nexthdr), &next, 1) || next != IPPROTO_ICMPV6 ||
	    bpf_skb_load_bytes(skb, icmp, &type, 1) || type >= 128 ||
	    bpf_skb_load_bytes(skb, icmp + ICMP_QUOTED + offsetof(struct ipv6hdr, daddr), of->source, 16))
		return false;
	change = bpf_csum_diff((__be32 *)before, 16, (__be32 *)of->source, 16, 0);
	return change >= 0 &&
	       !bpf_l4_csum_replace(skb, icmp + ICMP_CHECKSUM, 0, change, BPF_F_PSEUDO_HDR) &&
	       !bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), of->source, 16, 0);
}

/** From the function. */
SEC("tc")
int leave(struct __sk_buff *skb)
{
	__u32 port = skb->ifindex;
	struct end *end = bpf_map_lookup_elem(&ends, &port);
	struct neighbour_key key = {};
	struct neighbour *known;
	struct addresses of;
	__u8 pair[2 * ETH_ALEN];
	__u8 *hardware;

	if (!end || !read_addresses(skb, &of) || is_for_several(skb, of.destination))
		return TC_ACT_SHOT;
	if (is_dummy(skb, of.source) &&
	    !(skb->protocol == bpf_htons(ETH_P_IP) ? own_error_ipv4(skb, &of) : own_error_ipv6(skb, &of)))
		return TC_ACT_SHOT;
	key.scope = end->scope;
	__builtin_memcpy(key.address, end->is_outer ? of.destination : of.source, 16);
	known = end->is_outside ? 0 : bpf_map_lookup_elem(&neighbours, &key);
	// An address that the function has put there is behind the gateway, as far as anybody knows.
	hardware = known ? known->hardware : end->gateway;
	if (!known && !end->has_gateway)
		return TC_ACT_SHOT;
	__builtin_memcpy(pair, end->is_outer ? hardware : end->pod, ETH_ALEN);
	__builtin_memcpy(pair + ETH_ALEN, end->is_outer ? end->pod : hardware, ETH_ALEN);
	if (bpf_skb_store_bytes(skb, 0, pair, sizeof(pair), 0))
		return TC_ACT_SHOT;
	return TC_ACT_UNSPEC;
}

/** Whether a program of the function listens at a port, for whomever a packet is. */
static __always_inline bool is_listened(struct __sk_buff *skb, __u32 port)
{
	struct bpf_sock_tuple tuple = {};
	struct addresses of;
	struct bpf_sock *socket;
	__u32 length;
	bool is_listening;

	if (!read_addresses(skb, &of))
		return false;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		__builtin_memcpy(&tuple.ipv4.saddr, of.source + 12, 4);
		__builtin_memcpy(&tuple.ipv4.daddr, of.destination + 12, 4);
		tuple.ipv4.dport = bpf_htons(port);
		length = sizeof(tuple.ipv4);
	} else {
		__builtin_memcpy(tuple.ipv6.saddr, of.source, 16);
		__builtin_memcpy(tuple.ipv6.daddr, of.destination, 16);
		tuple.ipv6.dport = bpf_htons(port);
		length = sizeof(tuple.ipv6);
	}
	socket = bpf_skc_lookup_tcp(skb, &tuple, length, BPF_F_CURRENT_NETNS, 0);
	if (!socket)
		return false;
	is_listening = socket->state == BPF_TCP_LISTEN;
	bpf_sk_release(socket);
	return is_listening;
}

/**
 * In the function: by its mark, what is sent because of a packet goes back where that came from (net.ipv4.fwmark_reflect). A probe of
 * a proxy passes beside the program, as long as that listens: its rules lead it to the other end by the mark.
 */
SEC("tc")
int arrive(struct __sk_buff *skb)
{
	__u32 end = skb->ifindex;
	struct listener *listener = bpf_map_lookup_elem(&listeners, &end);
	bool is_probe = skb->mark == PROBE_MARK;

	skb->mark = end;
	if (!listener || !is_probe)
		return TC_ACT_UNSPEC;
	if (!is_listened(skb, listener->port))
		return TC_ACT_SHOT;
	skb->mark = end | PROBE_MARK;
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
