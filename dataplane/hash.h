// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
//
// A hash over words.

#pragma once

#include <linux/types.h>

/** With one word more. */
static __always_inline __u32 mixed(__u32 hash, __u32 word)
{
	// The finalizer of MurmurHash3 (Appleby, public domain).
	hash ^= word;
	hash ^= hash >> 16;
	hash *= 0x85ebca6b;
	hash ^= hash >> 13;
	hash *= 0xc2b2ae35;
	return hash ^ hash >> 16;
}
