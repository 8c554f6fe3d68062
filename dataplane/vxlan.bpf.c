// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The edge where there is no trunk between the hosts: each network has a tunnel (RFC 7348), the kernel's VXLAN device, which
// wraps frames itself.
//
//   bridge ── to_wire ── port ═ stub        ──► tunnel ──► uplink
//   bridge ◄──────────── port ═ stub ◄── from_wire ── tunnel ◄── uplink

#include "nve.h"

static __always_inline int lead(struct __sk_buff *skb, int to_wire)
{
	struct counters *counters;
	struct way *way = way_of(skb, &counters);
	struct passed frames;

	// Nothing of a tenant's is the host's, come what may.
	if (!way)
		return TC_ACT_SHOT;
	frames = on_wire(skb);
	if (to_wire && is_past(skb, way)) {
		counters->to_wire.dropped += frames.packets;
		// The kernel counts what is shot there: that would be for the network's own program.
		return TC_ACT_STOLEN;
	}
	count(to_wire ? &counters->to_wire : &counters->from_wire, &frames);
	return bpf_redirect(way->egress, 0);
}

SEC("tc")
int to_wire(struct __sk_buff *skb)
{
	return lead(skb, 1);
}

SEC("tc")
int from_wire(struct __sk_buff *skb)
{
	return lead(skb, 0);
}
