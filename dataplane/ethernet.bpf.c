// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// The edge without IP and without a trunk: frames go from node to node inside others, which bear the nodes' own addresses,
// an EtherType for experiments (IEEE 802, 9.2.3) and the network's id.
//
//   to | from | 0x88b5 | 1 | 0 | id, 16 bits | the tenant's frame
//
// The edge of nve.bpf.c has one end of a veth as its uplink; what is tagged there is wrapped at the other.
//
//   nve ── uplink of nve ═ wrap ── to_wire ──► uplink
//   nve ◄── unwrap ═ ◄── from_wire ── uplink

#include "nve.h"

#define ETH_P_NODES 0x88b5
#define VERSION 1
#define VLAN_ID_MASK 0x0fff
/** Nanoseconds after which a node is not believed to have an address any more that has been silent. */
#define BELIEVED (60ULL * 1000000000)
#define REFRESHED (1ULL * 1000000000)

struct address {
	__u8 bytes[ETH_ALEN];
} __attribute__((packed));

struct ethernet {
	struct address to;
	struct address from;
	__be16 type;
} __attribute__((packed));

struct wrapper {
	struct ethernet outer;
	__u8 version;
	__u8 reserved;
	__be16 id;
	struct address to;
	struct address from;
} __attribute__((packed));

struct tagged {
	struct address to;
	struct address from;
	__be16 tag;
	__be16 id;
} __attribute__((packed));

#define GROWTH ((int)(sizeof(struct wrapper) - sizeof(struct tagged)))

/** Whom frames to many, and to addresses not learned yet, go to: every node. */
static const struct address everybody = { { 0x03, 0x68, 0x65, 0x64, 0x64, 0x6c } };

/** The node's own address. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct address);
	__uint(max_entries, 1);
} station SEC(".maps");

struct place {
	__u32 id;
	struct address address;
	__u16 unused;
};

struct node {
	struct address address;
	__u16 unused;
	__u64 heard;
};

/** Behind which node an address of a network is. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct place);
	__type(value, struct node);
	__uint(max_entries, 65536);
} nodes SEC(".maps");

static __always_inline int is_same(const struct address *a, const struct address *b)
{
	int differ = 0;

	for (int at = 0; at < ETH_ALEN; at++)
		differ |= a->bytes[at] ^ b->bytes[at];
	return !differ;
}

static __always_inline struct address *own_address(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&station, &first);
}

SEC("xdp.frags")
int wrap(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct address *own = own_address();
	struct tagged *tagged = data;
	struct wrapper *wrapper;
	struct place place = {};
	struct wrapper made = { .version = VERSION };
	struct node *node;

	if (!own || data + sizeof(*tagged) > end || tagged->tag != bpf_htons(ETH_P_8021Q))
		return XDP_DROP;
	made.id = tagged->id & bpf_htons(VLAN_ID_MASK);
	made.to = tagged->to;
	made.from = tagged->from;
	made.outer.from = *own;
	made.outer.type = bpf_htons(ETH_P_NODES);
	place.id = bpf_ntohs(made.id);
	place.address = made.to;
	node = bpf_map_lookup_elem(&nodes, &place);
	if (node && bpf_ktime_get_ns() - node->heard < BELIEVED)
		made.outer.to = node->address;
	else
		made.outer.to = everybody;
	if (bpf_xdp_adjust_head(context, -GROWTH))
		return XDP_DROP;
	data = (void *)(long)context->data;
	end = (void *)(long)context->data_end;
	wrapper = data;
	if (data + sizeof(*wrapper) > end)
		return XDP_DROP;
	*wrapper = made;
	return XDP_PASS;
}

static __always_inline void learn(const struct wrapper *wrapper)
{
	struct place place = { .id = bpf_ntohs(wrapper->id), .address = wrapper->from };
	struct node now = { .address = wrapper->outer.from, .heard = bpf_ktime_get_ns() };
	struct node *node;

	if (place.address.bytes[0] & 1)
		return;
	node = bpf_map_lookup_elem(&nodes, &place);
	if (node && is_same(&node->address, &now.address) && now.heard - node->heard < REFRESHED)
		return;
	bpf_map_update_elem(&nodes, &place, &now, BPF_ANY);
}

SEC("xdp.frags")
int unwrap(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	struct wrapper *wrapper = data;
	struct tagged made = { .tag = bpf_htons(ETH_P_8021Q) };

	if (data + sizeof(*wrapper) > end || wrapper->outer.type != bpf_htons(ETH_P_NODES) ||
	    wrapper->version != VERSION)
		return XDP_DROP;
	learn(wrapper);
	made.to = wrapper->to;
	made.from = wrapper->from;
	made.id = wrapper->id & bpf_htons(VLAN_ID_MASK);
	if (bpf_xdp_adjust_head(context, GROWTH))
		return XDP_DROP;
	data = (void *)(long)context->data;
	end = (void *)(long)context->data_end;
	if (data + sizeof(made) > end)
		return XDP_DROP;
	*(struct tagged *)data = made;
	return XDP_PASS;
}

SEC("tc")
int to_wire(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct way *way = bpf_map_lookup_elem(&ways, &ifindex);

	return way ? bpf_redirect(way->egress, 0) : TC_ACT_SHOT;
}

SEC("tc")
int from_wire(struct __sk_buff *skb)
{
	__u32 ifindex = skb->ifindex;
	struct way *way = bpf_map_lookup_elem(&ways, &ifindex);
	struct address *own = own_address();
	struct wrapper wrapper;

	// The host's own, and whatever other programs on the uplink are there for.
	if (!way || !own || skb->vlan_present || skb->protocol != bpf_htons(ETH_P_NODES))
		return TC_ACT_UNSPEC;
	if (bpf_skb_load_bytes(skb, 0, &wrapper, sizeof(wrapper)) || wrapper.version != VERSION)
		return TC_ACT_UNSPEC;
	if (!is_same(&wrapper.outer.to, own) && !is_same(&wrapper.outer.to, &everybody))
		return TC_ACT_UNSPEC;
	return bpf_redirect(way->egress, 0);
}
