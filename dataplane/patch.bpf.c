// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The patch panel of an application: a network namespace in which ends of links stand that lead to pods, to functions in their
// paths, and to the switches of their networks. A frame that comes in at one goes out by the one that is noted for it, whatever
// its EtherType; one for which nothing is noted goes nowhere. Nothing else in that namespace forwards.
//
//   pod ═ inner ── pass ──► inner ═ function ═ outer ── pass ──► outer ═ switch
//
// tc-bpf(8), direct action, at the ingress of each end.

#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#define PORTS 16384

/** Where frames go that come in at a port. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // ifindex
	__type(value, __u32); // ifindex
	__uint(max_entries, PORTS);
} hops SEC(".maps");

SEC("tc")
int pass(struct __sk_buff *skb)
{
	__u32 port = skb->ifindex;
	__u32 *next = bpf_map_lookup_elem(&hops, &port);

	if (!next)
		return TC_ACT_SHOT;
	// Straight to its other end, which is in another namespace: the queue between the two would cost each function some of what
	// the host can carry.
	return bpf_redirect_peer(*next, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
