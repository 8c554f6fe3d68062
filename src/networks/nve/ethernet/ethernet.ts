import { edgeDriver } from '../edge.ts';
import { EthernetEdge } from './ethernet-edge.ts';
import { ethernetOptions } from './options.ts';

export const ethernet = edgeDriver({
  name: 'ethernet',
  summary:
    'frames inside frames between nodes, which are known by their titles: no IP at all; needs what ebpf needs, and ethtool',
  needs: { bpftool: 'apt-get install bpftool', ethtool: 'apt-get install ethtool' },
  follows: ['ethernet'],
  options: ethernetOptions,
  edge: (settings) => new EthernetEdge(settings),
});
