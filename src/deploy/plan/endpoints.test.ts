import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { nothing } from '../observed.ts';
import { downPlan } from './down.ts';

const text = (more = '') => `
services:
  web: { image: nginx, ports: ["8080:80"], networks: { lab: { aliases: [front] } }${more} }
networks: { lab: { x-heddle: { archetype: ip } } }
`;
const spec = specOf(text());
const there = deployed(spec);

describe('endpoints', () => {
  test('come between a sandbox and its first container, when their network is there', () => {
    const present = { ...nothing, images: there.images };
    expect(ids(spec, present)).toEqual([
      'createNetwork shop_lab',
      'createSandbox shop-web-1',
      'connectEndpoint shop-web-1 shop_lab',
      'createContainer shop-web-1',
    ]);
    const steps = stepsOf(spec, present);
    expect(steps[2]?.after).toEqual(['createSandbox shop-web-1', 'createNetwork shop_lab']);
    expect(steps[3]?.after).toContain('connectEndpoint shop-web-1 shop_lab');
  });

  test('that are as they should be are left alone', () => {
    expect(ids(spec, there)).toEqual([]);
    expect(ids(spec, there, heal)).toEqual([]);
  });

  test.each([
    ['it is not on the network', []],
    ['its sandbox was started again', [{ ...there.endpoints[0]!, run: 'another 1' }]],
    ['what it is on the network changed', [{ ...there.endpoints[0]!, hash: 'another' }]],
    ['its endpoint is not as it should be', [{ ...there.endpoints[0]!, isReady: false }]],
  ])('are made as they should be, and nothing else is touched: %s', (reason, endpoints) => {
    for (const options of [{}, heal]) {
      const [step, ...others] = stepsOf(spec, { ...there, endpoints }, options);
      expect(step).toMatchObject({ id: 'connectEndpoint shop-web-1 shop_lab', reason });
      expect(others).toEqual([]);
    }
  });

  test('go after their sandbox and before their network', () => {
    const steps = downPlan('shop', there, { volumes: false, images: [] }).steps;
    const at = (id: string) => steps.findIndex((step) => step.id === id);
    const gone = at('disconnectEndpoint shop-web-1 shop_lab');
    expect(gone).toBeGreaterThan(at('removeContainer shop-web-1.sandbox'));
    expect(at('removeNetwork shop_lab')).toBeGreaterThan(gone);
    expect(steps[at('removeNetwork shop_lab')]?.args).toEqual({ name: 'shop_lab', owner: 'ip' });
  });

  test('that nobody has any more go as well', () => {
    const torn = with_(with_(there, 'shop-web-1', undefined), 'shop-web-1.sandbox', undefined);
    const steps = downPlan('shop', torn, { volumes: false, images: [] }).steps.map(({ id }) => id);
    expect(steps).toContain('disconnectEndpoint shop-web-1 shop_lab');
  });

  test('of a path are led, and wait for it to go when it does', () => {
    const guarded = specOf(text(', x-heddle: { manage: { firewall: { ingress: deny } } }'));
    expect(ids(guarded, there)).toContain('connectEndpoint shop-web-1 shop_lab');
    const back = stepsOf(spec, deployed(guarded)).find(({ kind }) => kind === 'connectEndpoint');
    expect(back?.after).toContain('removeWire shop-web-1');
  });

  test('of the engine are no endpoints of ours, nor do they change what pods are made from', () => {
    const plain = specOf(text().replace('archetype: ip', ''));
    expect(deployed(plain).endpoints).toEqual([]);
    const pod = plain.pods[0]?.sandbox;
    expect(hash(pod)).not.toContain('owner');
  });
});
