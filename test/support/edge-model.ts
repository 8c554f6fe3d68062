// For tests: services and their copies, as sources tell of them.
import { type Copy, type EdgeService, noPolicy } from '../../src/edge/model/model.ts';

export function copyOf(service: string, node: string, rest: Partial<Copy> = {}): Copy {
  return {
    id: `${service}-${node}`,
    node,
    address: '10.9.0.1',
    ports: {},
    ready: true,
    draining: false,
    ...rest,
  };
}

export function serviceOf(name: string, rest: Partial<EdgeService> = {}): EdgeService {
  return {
    name,
    namespace: 'shop',
    ports: [],
    steer: 'gateway',
    failover: 5,
    policy: noPolicy,
    copies: [],
    sources: [],
    ...rest,
  };
}
