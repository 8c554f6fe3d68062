import { EbpfEdge } from '../ebpf/ebpf-edge.ts';
import { edgeDriver } from '../edge.ts';
import { familyIn, vxlanOptions } from './options.ts';
import { VxlanTunnels } from './vxlan-tunnels.ts';

/** Bytes of the headers around a frame, that of the frame itself among them: Ethernet, VXLAN, UDP, IP (RFC 7348, 5). */
const overhead = { inet: 14 + 8 + 8 + 20, inet6: 14 + 8 + 8 + 40 } as const;

export const vxlan = edgeDriver({
  name: 'vxlan',
  summary:
    'a tunnel over IP for each network, where there is no trunk between the nodes; needs what ebpf needs',
  needs: { bpftool: 'apt-get install bpftool', bridge: 'apt-get install iproute2' },
  follows: ['ebpf', 'vxlan'],
  options: vxlanOptions,
  meets: ({ peers }) => peers === undefined,
  edge: (settings) =>
    new EbpfEdge(settings, {
      program: 'vxlan',
      overhead: overhead[familyIn(settings.options)],
      tunnels: new VxlanTunnels(settings.options),
    }),
});
