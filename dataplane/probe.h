// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// Probes: frames that prove where traffic goes. What bears a secret that is noted is one. For the programs of the kernel, and for who
// sends them.

#pragma once

#include <linux/types.h>

/** `HEDDLE` and a number, in memory's order. */
#define PROBE_MAGIC 0x31454c4444454821ULL
#define PROBE_ID 16
/** Bytes of the smallest (ICMP over IPv4) and of the largest, with room for what functions add. */
#define PROBE_LEAST 74
#define PROBE_MOST 160
/** The mark of one in a function that looks at them: no interface of Heddle's has such an index. */
#define PROBE_MARK 0x80000000
/** At most so many groups of instances are on a way. */
#define PROBE_CHOICES 16
/** Bytes of the ring of sightings. */
#define SIGHTINGS (1 << 18)

/** The end of a probe's frame. */
struct tag {
	__u64 magic;
	__u8 id[PROBE_ID];
	__u16 number; // of those that bear one secret, in network order
	__u16 end; // of its way, that it comes from: 0 or 1, in network order
	__u32 unused;
};

/** Where a probe was seen. */
struct sighting {
	__u64 time; // CLOCK_MONOTONIC, nanoseconds
	__u8 id[PROBE_ID];
	__u32 port; // ifindex
	__u16 number; // in network order
	__u16 is_end; // it would leave by this port, and was taken out
	// As it was then: of Ethernet the destination and the source, and of IP; IPv4 mapped (RFC 4291, 2.5.5.2).
	__u8 hardware[12];
	__u8 source[16], destination[16];
	__u16 source_port, destination_port;
};
