// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// What is noted of probes in a patch panel, for its programs in the kernel: they all use this one map.

#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "probe.h"

#define PROBES 16384

struct probe_id {
	__u8 bytes[PROBE_ID];
};

/** The instances that a probe is to pass, by the place of each group. */
struct choices {
	__u8 slots[PROBE_CHOICES];
};

/** The two ends of the way that it is on, and of each group of instances the place of the one that it is to pass. */
struct probe {
	__u32 ends[2]; // ifindex
	struct choices choices;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct probe_id);
	__type(value, struct probe);
	__uint(max_entries, PROBES);
} probes SEC(".maps");

/** What is noted of a frame that is a probe, and what it bears. */
static __always_inline struct probe *probe_in(struct __sk_buff *skb, struct tag *tag)
{
	if (skb->len < PROBE_LEAST || skb->len > PROBE_MOST)
		return NULL;
	if (bpf_skb_load_bytes(skb, skb->len - sizeof(*tag), tag, sizeof(*tag)) || tag->magic != PROBE_MAGIC)
		return NULL;
	return bpf_map_lookup_elem(&probes, tag->id);
}
