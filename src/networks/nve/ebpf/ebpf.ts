import * as z from '../../../lib/zod.ts';
import { edgeDriver } from '../edge.ts';
import { EbpfEdge } from './ebpf-edge.ts';

export const ebpf = edgeDriver({
  name: 'ebpf',
  summary: 'programs in the kernel that push and pop the tag; needs Linux 5.10 and bpftool',
  needs: { bpftool: 'apt-get install bpftool', tc: 'apt-get install iproute2' },
  follows: ['ebpf', 'vxlan'],
  options: z.strictObject({}),
  edge: (settings) => new EbpfEdge(settings, { program: 'nve', overhead: 0 }),
});
