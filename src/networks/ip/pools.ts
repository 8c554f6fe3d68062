import type { Pool } from './subnets.ts';

/** Apart from what Docker (172.17.0.0/12, 192.168.0.0/16), Podman (10.88.0.0/15) and Kubernetes (10.96.0.0/12, 10.244.0.0/16) take. */
export const pools: readonly Pool[] = [
  { prefix: '10.160.0.0/12', length: 24 },
  // Unique local addresses (RFC 4193).
  { prefix: 'fd6c:8f0b:2a51::/48', length: 64 },
];
