import type { EdgeDriver } from '../edge.ts';
import { EbpfEdge } from './ebpf-edge.ts';

export const ebpf: EdgeDriver = {
  name: 'ebpf',
  summary: 'programs in the kernel that push and pop the tag; needs Linux 5.10 and bpftool',
  edge: (settings) => new EbpfEdge(settings),
};
