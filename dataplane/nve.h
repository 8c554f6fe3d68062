// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What the programs of the edge have in common: the maps, and how frames are counted.

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define VLAN_TAG_LENGTH 4
#define VLAN_IDS 4096

/**
 * A network may have a program of its own, which hangs where frames leave its bridge. Whoever has that bridge may take it off there
 * (Open vSwitch does, whenever it takes a port), so before it hangs `begin`: what does not bear this mark was not there.
 */
#define HAS_OWN (1U << 31)
#define BEGUN 0x4e564555

/** Where the frames of an interface go. */
struct way {
	__u32 egress;
	__u32 vlan; // and HAS_OWN
};

/** Frames as they are on a wire, without what the edge adds. */
struct passed {
	__u64 packets;
	__u64 bytes;
	__u64 dropped;
};

struct counters {
	struct passed to_wire;
	struct passed from_wire;
};

/** What the edge has changed on its uplink, and takes back when it stops. Read and written from outside only. */
struct uplink {
	__u32 ifindex;
	__u32 made;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32); // ifindex of a port, of its stub, or of a tunnel
	__type(value, struct way);
	__uint(max_entries, 3 * VLAN_IDS);
} ways SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32); // VLAN id
	__type(value, __u32); // a stub's ifindex
	__uint(max_entries, VLAN_IDS);
} networks SEC(".maps");

// Not made beforehand: 4,096 for each core are megabytes that few hosts have a use for.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32); // VLAN id
	__type(value, struct counters);
	__uint(max_entries, VLAN_IDS);
} counted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct uplink);
	__uint(max_entries, 1);
} uplinks SEC(".maps");

/** Bytes of the headers that each segment of a large packet has on a wire (GSO, GRO). */
static __always_inline __u32 segment_headers(struct __sk_buff *skb)
{
	__u8 protocol = 0, network = 0, transport = 0;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		bpf_skb_load_bytes_relative(skb, 9, &protocol, 1, BPF_HDR_START_NET);
		bpf_skb_load_bytes_relative(skb, 0, &network, 1, BPF_HDR_START_NET);
		network = (network & 0x0f) * 4;
	} else if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		bpf_skb_load_bytes_relative(skb, 6, &protocol, 1, BPF_HDR_START_NET);
		network = 40;
	}
	if (protocol == IPPROTO_TCP) {
		bpf_skb_load_bytes_relative(skb, network + 12, &transport, 1, BPF_HDR_START_NET);
		transport = (transport >> 4) * 4;
	} else if (protocol == IPPROTO_UDP) {
		transport = 8;
	}
	return ETH_HLEN + network + transport;
}

/** What a packet is on a wire: a frame for each of its segments. */
static __always_inline struct passed on_wire(struct __sk_buff *skb)
{
	// A tag of the tenant's own that the kernel keeps beside the frame.
	__u32 tag = skb->vlan_present ? VLAN_TAG_LENGTH : 0;
	struct passed frames = { .packets = 1, .bytes = skb->len + tag };

	if (skb->gso_segs > 1) {
		frames.packets = skb->gso_segs;
		frames.bytes += (frames.packets - 1) * (segment_headers(skb) + tag);
	}
	return frames;
}

/** Where a frame of a tenant's goes, and where it is counted; nothing for one that may go nowhere. */
static __always_inline struct way *way_of(struct __sk_buff *skb, struct counters **counters)
{
	__u32 ifindex = skb->ifindex;
	struct way *way = bpf_map_lookup_elem(&ways, &ifindex);

	__u32 vlan;

	if (!way)
		return 0;
	vlan = way->vlan & ~HAS_OWN;
	*counters = bpf_map_lookup_elem(&counted, &vlan);
	return *counters ? way : 0;
}

/** Whether a frame has gone past the network's own program. */
static __always_inline int is_past(struct __sk_buff *skb, const struct way *way)
{
	if (!(way->vlan & HAS_OWN))
		return 0;
	if (skb->mark != BEGUN)
		return 1;
	// It is nobody's else to see.
	skb->mark = 0;
	return 0;
}

SEC("tc")
int begin(struct __sk_buff *skb)
{
	skb->mark = BEGUN;
	return TC_ACT_UNSPEC;
}

static __always_inline void count(struct passed *passed, const struct passed *frames)
{
	passed->packets += frames->packets;
	passed->bytes += frames->bytes;
}

char _license[] SEC("license") = "Dual BSD/GPL";
