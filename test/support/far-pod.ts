import type { FarPod } from '../../src/selector/far-pod.ts';

/** The first replica of a service of the application shop, on another node. */
export function farPod(service: string, how: Partial<FarPod> = {}): FarPod {
  const name = `shop-${service}-1`;
  return {
    name,
    service,
    node: 'north',
    container: name,
    networks: ['shop_lab'],
    restart: { condition: 'no' },
    ...how,
  };
}
