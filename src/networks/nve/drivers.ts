import { ebpf } from './ebpf/ebpf.ts';
import type { EdgeDriver } from './edge.ts';
import { ethernet } from './ethernet/ethernet.ts';
import { ovs } from './ovs/ovs.ts';
import { p4 } from './p4/p4.ts';
import { vxlan } from './vxlan/vxlan.ts';

/** Every way to make an edge; the first is the default. */
export const edgeDrivers: readonly EdgeDriver[] = [ebpf, ovs, vxlan, ethernet, p4];
