// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The edge of one host: between the virtual networks on it and the physical network, where each network's frames carry a
// VLAN tag (IEEE 802.1Q) with the network's id. Each network has a veth here: one end is a port of the network's bridge, the
// other is its stub.
//
//   bridge ── to_wire ── port ═ stub        push tag ──► uplink
//   bridge ◄──────────── port ═ stub ◄── pop tag ◄── from_wire ── uplink
//
// to_wire hangs where a frame leaves the bridge: none takes the way over the veth, which would cost a tenth of what the host
// can carry, and the port's own counters see none either; the maps' do. What gets past it there, when somebody has taken it
// away, it takes at the stub: the host's stack never has a tenant's frame. tc-bpf(8), direct action.

#include "nve.h"

#define VLAN_ID_MASK 0x0fff

/**
 * What is for the next bridge alone (IEEE 802.1Q, 8.6.3), and is none of a tenant's to say to one of the physical network: a switch
 * may take a spanning tree's message for one whatever its tag, and shut the port of this host.
 */
static __always_inline int is_for_next_bridge(struct __sk_buff *skb)
{
	static const __u8 group[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };
	__u8 to[ETH_ALEN];

	if (bpf_skb_load_bytes(skb, 0, to, sizeof(to)))
		return 0;
	return to[0] == group[0] && to[1] == group[1] && to[2] == group[2] && to[3] == group[3] &&
	       to[4] == group[4] && to[5] < 0x10;
}

SEC("tc")
int to_wire(struct __sk_buff *skb)
{
	struct counters *counters;
	struct way *way = way_of(skb, &counters);
	struct passed frames;

	// Nothing of a tenant's is the host's, come what may.
	if (!way)
		return TC_ACT_SHOT;
	frames = on_wire(skb);
	if (is_past(skb, way) || is_for_next_bridge(skb)) {
		counters->to_wire.dropped += frames.packets;
		// The kernel counts what is shot there: that would be for the network's own program.
		return TC_ACT_STOLEN;
	}
	// A tag that the tenant has put there goes inside.
	if (bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), way->vlan & VLAN_ID_MASK)) {
		counters->to_wire.dropped += frames.packets;
		return TC_ACT_SHOT;
	}
	count(&counters->to_wire, &frames);
	return bpf_redirect(way->egress, 0);
}

SEC("tc")
int from_wire(struct __sk_buff *skb)
{
	struct counters *counters;
	struct passed frames;
	__u32 vlan;
	__u32 *stub;

	// The host's own, and whatever other programs on the uplink are there for.
	if (!skb->vlan_present || skb->vlan_proto != bpf_htons(ETH_P_8021Q))
		return TC_ACT_UNSPEC;
	vlan = skb->vlan_tci & VLAN_ID_MASK;
	stub = bpf_map_lookup_elem(&networks, &vlan);
	if (!stub)
		return TC_ACT_UNSPEC;
	counters = bpf_map_lookup_elem(&counted, &vlan);
	if (!counters)
		return TC_ACT_SHOT;
	if (bpf_skb_vlan_pop(skb)) {
		counters->from_wire.dropped++;
		return TC_ACT_SHOT;
	}
	frames = on_wire(skb);
	count(&counters->from_wire, &frames);
	return bpf_redirect(*stub, 0);
}
