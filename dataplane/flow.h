// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What a frame says of whose it is: the addresses and ports of its ends, of IPv4 and IPv6.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/** Of IPv6, one behind the other. */
#define EXTENSIONS 8
/** RFC 7401 and RFC 5533. */
#define PROTOCOL_HIP 139
#define PROTOCOL_SHIM6 140

/** Errors of ICMP (RFC 792; of IPv6, RFC 4443, all types below 128), and where in them stand the checksum and what is quoted. */
#define UNREACHABLE 3
#define TIME_EXCEEDED 11
#define PARAMETER_PROBLEM 12
#define ICMP_CHECKSUM 2
#define ICMP_QUOTED 8

/** What a frame says of whose it is. */
struct flow {
	__u8 source[16], destination[16];
	__u8 protocol;
	bool has_ports;
	bool is_hidden; // what it carries: all fragments alike, and what is encapsulated
	bool is_of_link; // neighbour discovery, which each part of a link does for itself
	__u32 transport; // where the header behind those of IP begins; 0: nobody knows
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

	flow->transport = offset;
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
		return;
	case IPPROTO_ESP:
	case IPPROTO_AH:
	case IPPROTO_MH:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		flow->is_hidden = true;
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
	// More fragments, or an offset.
	if (ip.frag_off & bpf_htons(0x3fff))
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
			if (header[2] || header[3] & 0xf9)
				goto hidden;
			offset += 8;
			break;
		case IPPROTO_ICMPV6:
			// RFC 4861, 4
			if (!bpf_skb_load_bytes(skb, offset, header, 1) && header[0] >= 133 && header[0] <= 137)
				flow->is_of_link = true;
			flow->transport = offset;
			return true;
		default:
			read_ports(skb, flow, offset);
			return true;
		}
	}
hidden:
	flow->is_hidden = true;
	return true;
}
