// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Which flow a frame is of, both directions alike.

/** Frames are padded to this, the four bytes aside that end them (IEEE 802.3, 4.4.2): a shorter one has no payload. */
#define SHORTEST 60

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

/** Both directions are one: of the two ends, the lower comes first. */
struct flow_key {
	__u32 scope;
	__u16 ethertype; // of what is no IP
	__u8 protocol; // 0: fragments, and what hides it
	__u8 unused;
	__u8 address[2][16]; // as of peers
	__u16 port[2];
};

/** A frame, as far as it says which flow it is of. */
struct seen {
	struct flow_key key;
	__u8 end; // which of the two sent it
	__u8 flags; // of TCP: byte 13 (RFC 9293, 3.1)
	bool has_payload;
	bool is_about; // an error about the flow, and none of its frames
};

/** Of an error of ICMP, the flow that it is about: a function that follows that one has to see it. */
static __always_inline void read_quoted(struct __sk_buff *skb, struct flow *flow, struct seen *seen)
{
	struct flow quoted = {};
	struct iphdr ip;
	struct ipv6hdr ip6;
	__u32 inner = flow->transport + ICMP_QUOTED;
	__u8 type;

	if (bpf_skb_load_bytes(skb, flow->transport, &type, 1))
		return;
	if (flow->protocol == IPPROTO_ICMP) {
		if ((type != UNREACHABLE && type != TIME_EXCEEDED && type != PARAMETER_PROBLEM) ||
		    bpf_skb_load_bytes(skb, inner, &ip, sizeof(ip)) || ip.ihl < 5)
			return;
		map_ipv4(quoted.source, ip.saddr);
		map_ipv4(quoted.destination, ip.daddr);
		quoted.protocol = ip.protocol;
		inner += ip.ihl * 4;
	} else {
		// Types below 128 are errors (RFC 4443, 2.1).
		if (type >= 128 || bpf_skb_load_bytes(skb, inner, &ip6, sizeof(ip6)))
			return;
		__builtin_memcpy(quoted.source, &ip6.saddr, 16);
		__builtin_memcpy(quoted.destination, &ip6.daddr, 16);
		quoted.protocol = ip6.nexthdr;
		inner += sizeof(ip6);
	}
	read_ports(skb, &quoted, inner);
	*flow = quoted;
	seen->is_about = true;
}

static __always_inline void read_tcp(struct __sk_buff *skb, __u32 offset, struct seen *seen)
{
	__u8 bytes[2];

	if (bpf_skb_load_bytes(skb, offset + 12, bytes, sizeof(bytes)))
		return;
	seen->flags = bytes[1];
	seen->has_payload = skb->len > SHORTEST && skb->len > offset + (bytes[0] >> 4) * 4;
}

/** The lower end first. */
static __always_inline void note_ends(struct seen *seen, const struct flow *flow)
{
	int order = 0;

	for (int at = 0; at < 16; at++)
		if (!order)
			order = flow->source[at] - flow->destination[at];
	if (!order)
		order = flow->source_port - flow->destination_port;
	seen->end = order > 0;
	__builtin_memcpy(seen->key.address[0], seen->end ? flow->destination : flow->source, 16);
	__builtin_memcpy(seen->key.address[1], seen->end ? flow->source : flow->destination, 16);
	seen->key.port[0] = seen->end ? flow->destination_port : flow->source_port;
	seen->key.port[1] = seen->end ? flow->source_port : flow->destination_port;
}

/** What has no ports is told by its addresses; all fragments alike; and what is no IP, or tagged, by those of hardware. */
static __always_inline bool read_seen(struct __sk_buff *skb, struct seen *seen)
{
	struct flow flow = {};
	bool is_ip = !skb->vlan_present && ((skb->protocol == bpf_htons(ETH_P_IP) && read_ipv4(skb, &flow)) ||
					    (skb->protocol == bpf_htons(ETH_P_IPV6) && read_ipv6(skb, &flow)));

	if (is_ip) {
		if (!flow.is_hidden && (flow.protocol == IPPROTO_ICMP || flow.protocol == IPPROTO_ICMPV6))
			read_quoted(skb, &flow, seen);
		if (flow.protocol == IPPROTO_TCP && flow.has_ports && !seen->is_about)
			read_tcp(skb, flow.transport, seen);
		if (flow.is_hidden)
			flow.source_port = flow.destination_port = 0;
		else
			seen->key.protocol = flow.protocol;
	} else {
		__builtin_memset(&flow, 0, sizeof(flow));
		if (bpf_skb_load_bytes(skb, 0, flow.destination, ETH_ALEN) ||
		    bpf_skb_load_bytes(skb, ETH_ALEN, flow.source, ETH_ALEN))
			return false;
		seen->key.ethertype = skb->vlan_present ? ETH_P_8021Q : skb->protocol;
	}
	note_ends(seen, &flow);
	return true;
}
