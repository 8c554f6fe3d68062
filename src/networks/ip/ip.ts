import { archetype } from '../standard/archetype.ts';
import { IpDriver } from './driver.ts';
import { endpointOptions, networkOptions } from './options.ts';
import { settleEndpoint, settleNetwork } from './settle.ts';
import type { Pool } from './subnets.ts';

/** Apart from what Docker (172.17.0.0/12, 192.168.0.0/16), Podman (10.88.0.0/15) and Kubernetes (10.96.0.0/12, 10.244.0.0/16) take. */
const pools: readonly Pool[] = [
  { prefix: '10.160.0.0/12', length: 24 },
  // Unique local addresses (RFC 4193).
  { prefix: 'fd6c:8f0b:2a51::/48', length: 64 },
];

/** Networks that carry IP: subnets, addresses, names, a way out, and published ports. */
export const ip = archetype({
  name: 'ip',
  summary: 'subnets, addresses, names, a way out, published ports',
  uses: ['linux'],
  attachments: ['namespace', 'tap', 'interface'],
  carriesIp: true,
  networkOptions,
  endpointOptions,
  settleNetwork: (wish, others, taken, before) => settleNetwork(pools, wish, others, taken, before),
  settleEndpoint,
  driver: (context) => new IpDriver(context),
});
