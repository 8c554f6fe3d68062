import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash } from '../../../test/support/observed.ts';
import { heal, ids } from '../../../test/support/planned.ts';
import { nothing } from '../observed.ts';
import { downPlan } from './down.ts';
import { plan } from './plan.ts';

const slice = (service: string, vlan = 7) =>
  specOf(`
services: { ${service}: { image: nginx, networks: [lab] } }
networks: { lab: { x-heddle: { archetype: ip, vlan: ${vlan} } } }
`);
const web = slice('web');
const there = deployed(web);
/** The same, with what another node has on the network. */
const shared = { ...there, networks: there.networks.map((one) => ({ ...one, elsewhere: ['two'] })) };

describe('a network that other nodes are on', () => {
  test('was made by one of them, and is joined as it is', () => {
    const made = { ...nothing, images: there.images, networks: shared.networks };
    expect(ids(slice('db'), made)).toEqual([
      'createSandbox shop-db-1',
      'connectEndpoint shop-db-1 shop_lab',
      'createContainer shop-db-1',
    ]);
  });

  test('is as it should be with what they have', () => {
    for (const options of [{}, heal]) expect(ids(web, shared, options)).toEqual([]);
  });

  test('is not removed by a file that lacks it, and left alone by one that has it otherwise', () => {
    const without = specOf('services: { web: { image: nginx, network_mode: none } }');
    expect(ids(without, there)).toContain('removeNetwork shop_lab');
    expect(ids(without, shared)).not.toContain('removeNetwork shop_lab');
    const { steps, warnings } = plan(slice('web', 8), shared, { hash, mode: 'up' });
    expect(steps).toEqual([]);
    expect(warnings[0]).toContain('left as it is: what node two has on it would have to be made anew');
  });

  test('goes with the last of them, whichever that is by then', () => {
    const { steps } = downPlan('shop', shared, { volumes: false, images: [] });
    expect(steps.map(({ id }) => id)).toContain('removeNetwork shop_lab');
  });
});
