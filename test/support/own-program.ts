import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Compiles a network's own program for the edge, as a user does. Returns the object's file. */
export function compileProgram(folder: string, name: string, source: string): string {
  const [file, object] = [path.join(folder, `${name}.c`), path.join(folder, `${name}.o`)];
  writeFileSync(file, source);
  const headers = ['x86_64', 'aarch64'].map((machine) => `/usr/include/${machine}-linux-gnu`);
  const include = headers.filter((found) => existsSync(found)).flatMap((found) => ['-idirafter', found]);
  execFileSync('clang', ['-target', 'bpf', '-O2', '-g', ...include, '-c', file, '-o', object]);
  return object;
}

const head = `#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
char _license[] SEC("license") = "GPL";
`;

/** Drops frames whose 15th byte is this, and writes another in its place for those that it lets through. */
export function markingProgram(dropped: number, version: number): string {
  return `${head}
SEC("tc") int to_wire(struct __sk_buff *skb)
{
	__u8 first, version = ${version};

	if (bpf_skb_load_bytes(skb, 14, &first, 1) || first == ${dropped})
		return TC_ACT_SHOT;
	bpf_skb_store_bytes(skb, 15, &version, 1, 0);
	return TC_ACT_UNSPEC;
}
SEC("tc") int from_wire(struct __sk_buff *skb)
{
	__u8 version = ${version};

	bpf_skb_store_bytes(skb, 16, &version, 1, 0);
	return TC_ACT_OK;
}
`;
}

/** Lets no frame through to other hosts. */
export const mutingProgram = `${head}
SEC("tc") int to_wire(struct __sk_buff *skb) { return TC_ACT_SHOT; }
`;

/** Lets every frame through, as somebody would write it who knows of no other filter. */
export const passingProgram = `${head}
SEC("tc") int to_wire(struct __sk_buff *skb) { return TC_ACT_OK; }
SEC("tc") int from_wire(struct __sk_buff *skb) { return TC_ACT_OK; }
`;

/** Would send frames to another network. */
export const leakingProgram = `${head}
SEC("tc") int to_wire(struct __sk_buff *skb) { return bpf_redirect(1, 0); }
`;

/** Would call a function of the kernel's that is no helper. */
export const lackingProgram = `${head}
extern int bpf_elsewhere(struct __sk_buff *skb) __attribute__((section(".ksyms")));
SEC("tc") int to_wire(struct __sk_buff *skb) { return bpf_elsewhere(skb); }
`;

/** Reads beyond what the kernel can know to be there. */
export const unsafeProgram = `${head}
SEC("tc") int to_wire(struct __sk_buff *skb) { return *(char *)(long)skb->data; }
`;

/** Would share a map with whoever knows its name. */
export const pinnedProgram = `${head}
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} shared SEC(".maps");
SEC("tc") int to_wire(struct __sk_buff *skb)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&shared, &key) ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}
`;
