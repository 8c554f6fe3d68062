import { edgeDriver } from '../edge.ts';
import { ovsOptions } from './options.ts';
import { OvsEdge } from './ovs-edge.ts';

export const ovs = edgeDriver({
  name: 'ovs',
  summary: 'a trunk of Open vSwitch; needs Open vSwitch, and ethtool where the kernel has no datapath for it',
  needs: { 'ovs-vswitchd': 'apt-get install openvswitch-switch', ethtool: 'apt-get install ethtool' },
  follows: [],
  options: ovsOptions,
  edge: (settings) => new OvsEdge(settings),
});
