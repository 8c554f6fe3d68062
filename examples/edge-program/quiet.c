// SPDX-License-Identifier: Apache-2.0
// Keeps on this host what a network's endpoints say to groups: multicast, and with it mDNS and the like. Broadcast, which ARP
// and DHCP need, goes on to the other hosts.
//
//   clang -target bpf -O2 -g -c quiet.c -o /etc/heddle/programs/quiet.o

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

SEC("tc") int to_wire(struct __sk_buff *skb)
{
	__u8 to[ETH_ALEN], everybody = 0xff;

	if (bpf_skb_load_bytes(skb, 0, to, sizeof(to)))
		return TC_ACT_SHOT;
	for (int at = 0; at < ETH_ALEN; at++)
		everybody &= to[at];
	return (to[0] & 1) && everybody != 0xff ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "GPL";
