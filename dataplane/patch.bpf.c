// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The patch panel of an application: a network namespace in which ends of links stand that lead to pods, to functions in their
// paths, and to the switches of their networks. A frame that comes in at one goes out by the one that is noted for it, whatever
// its EtherType; one for which nothing is noted goes nowhere. Nothing else in that namespace forwards.
//
//   pod ═ inner ── pass ──► inner ═ function ═ outer ── pass ──► outer ═ switch
//
// At two ports of a pod's way, towards the network and towards the pod, chains begin: there it is by whom a frame is exchanged
// with, and by which port, where it goes next. tc-bpf(8), direct action, at the ingress of each end.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define PORTS 16384
#define RULES 256
#define EXTENSIONS 8

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
	__u8 address[16]; // of IPv4 mapped (RFC 4291, 2.5.5.2)
};

/** The chains that a peer's address is of, a bit each. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct peer_key);
	__type(value, __u64);
	__uint(max_entries, PORTS * 16);
} peers SEC(".maps");

/** What a frame says of whose it is. */
struct flow {
	__u8 source[16], destination[16];
	__u8 protocol;
	bool has_ports; // false of a later fragment, and of what hides them
	bool is_hidden;
	__u16 source_port, destination_port;
};

static __always_inline void map_ipv4(__u8 address[16], __u32 ipv4)
{
	__builtin_memset(address, 0, 10);
	address[10] = address[11] = 0xff;
	__builtin_memcpy(address + 12, &ipv4, 4);
}

static __always_inline void read_ports(struct __sk_buff *skb, struct flow *flow, __u32 offset)
{
	__u16 ports[2];

	switch (flow->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		if (bpf_skb_load_bytes(skb, offset, ports, sizeof(ports))) {
			flow->is_hidden = true;
			return;
		}
		flow->source_port = bpf_ntohs(ports[0]);
		flow->destination_port = bpf_ntohs(ports[1]);
		flow->has_ports = true;
	}
}

static __always_inline bool read_ipv4(struct __sk_buff *skb, struct flow *flow)
{
	struct iphdr ip;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl < 5)
		return false;
	map_ipv4(flow->source, ip.saddr);
	map_ipv4(flow->destination, ip.daddr);
	flow->protocol = ip.protocol;
	if (ip.frag_off & bpf_htons(0x1fff))
		flow->is_hidden = true;
	else
		read_ports(skb, flow, ETH_HLEN + ip.ihl * 4);
	return true;
}

static __always_inline bool read_ipv6(struct __sk_buff *skb, struct flow *flow)
{
	struct ipv6hdr ip;
	__u32 offset = ETH_HLEN + sizeof(ip);
	__u8 header[4];

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.version != 6)
		return false;
	__builtin_memcpy(flow->source, &ip.saddr, 16);
	__builtin_memcpy(flow->destination, &ip.daddr, 16);
	flow->protocol = ip.nexthdr;
	// RFC 8200, 4: each extension says what comes next, and most how long they are.
	for (int i = 0; i < EXTENSIONS; i++) {
		switch (flow->protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			if (bpf_skb_load_bytes(skb, offset, header, 2))
				goto hidden;
			flow->protocol = header[0];
			offset += (header[1] + 1) * 8;
			break;
		case IPPROTO_FRAGMENT:
			if (bpf_skb_load_bytes(skb, offset, header, 4))
				goto hidden;
			flow->protocol = header[0];
			if (header[2] || header[3] & 0xf8)
				goto hidden;
			offset += 8;
			break;
		default:
			read_ports(skb, flow, offset);
			return true;
		}
	}
hidden:
	flow->is_hidden = true;
	return true;
}

/** Where a frame goes that came in where chains begin. */
static __always_inline __u32 next_of(struct __sk_buff *skb, __u32 port, const struct head *head)
{
	struct flow flow = {};
	struct peer_key peer = { .prefix = 192, .port = port, .generation = head->generation };
	struct rule_key key = { .port = port, .generation = head->generation };
	__u16 own_port, peer_port;
	__u64 *chains;

	if (skb->vlan_present)
		return head->next;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (!read_ipv4(skb, &flow))
			return head->next;
	} else if (skb->protocol != bpf_htons(ETH_P_IPV6) || !read_ipv6(skb, &flow)) {
		return head->next;
	}
	__builtin_memcpy(peer.address, head->inbound ? flow.source : flow.destination, 16);
	chains = bpf_map_lookup_elem(&peers, &peer);
	if (!chains || !*chains)
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
		if (!(*chains >> (rule->chain & 63) & 1))
			continue;
		// What hides its port may be of each of the chains with this peer.
		if (!rule->protocol || flow.is_hidden)
			return rule->next;
		said = rule->at_peer ? peer_port : own_port;
		if (flow.has_ports && flow.protocol == rule->protocol && said >= rule->from && said <= rule->to)
			return rule->next;
	}
	return head->next;
}

SEC("tc")
int pass(struct __sk_buff *skb)
{
	__u32 port = skb->ifindex;
	struct head *head = bpf_map_lookup_elem(&heads, &port);
	__u32 *hop, next = 0;

	if (head) {
		next = next_of(skb, port, head);
	} else {
		hop = bpf_map_lookup_elem(&hops, &port);
		if (hop)
			next = *hop;
	}
	if (!next)
		return TC_ACT_SHOT;
	// Straight to its other end, which is in another namespace: the queue between the two would cost each function some of what
	// the host can carry.
	return bpf_redirect_peer(next, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
