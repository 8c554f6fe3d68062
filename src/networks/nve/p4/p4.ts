import { edgeDriver } from '../edge.ts';
import { p4Options } from './options.ts';
import { P4Edge } from './p4-edge.ts';

export const p4 = edgeDriver({
  name: 'p4',
  summary: 'a P4 switch (BMv2) with the program nve.p4; needs p4c, simple_switch_grpc and ethtool',
  needs: {
    simple_switch_grpc: 'install BMv2 (github.com/p4lang/behavioral-model)',
    ethtool: 'apt-get install ethtool',
  },
  follows: [],
  options: p4Options,
  edge: (settings) => new P4Edge(settings),
});
