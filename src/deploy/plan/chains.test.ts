import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, with_ } from '../../../test/support/observed.ts';
import { heal, ids, stepsOf } from '../../../test/support/planned.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { nothing, type Observed } from '../observed.ts';

const file = (chains: string, more = '') => `
services:
  web: { image: nginx }
  db: { image: mariadb${more} }
  fw: { image: wall, network_mode: none, x-heddle: { function: wire } }
  ids: { image: snort, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }
x-heddle: { chains: [${chains}] }
`;
const front = (through: string, more = '') =>
  `{ name: shop-front, from: web, to: db, through: [${through}]${more} }`;
const filter = '{ firewall: { ingress: allow } }';

const open = specOf(file(''));
const led = specOf(file(front(`ids, fw, ${filter}`)));
const imagesOf = (...specs: readonly (typeof led)[]) =>
  Object.assign({}, ...specs.map((spec) => deployed(spec).images));

test('a chain stands, its functions running and configured, before the application that it leads to', () => {
  const steps = stepsOf(led, { ...nothing, images: deployed(led).images });
  const step = (id: string) => steps.find((one) => one.id === id);
  expect(step('createContainer shop-db-1')?.after).toContain('insertWire shop-db-1');
  expect(step('insertWire shop-db-1')).toMatchObject({
    reason: 'its traffic has to pass ids, fw, firewall (chain shop-front)',
    after: expect.arrayContaining([
      'createSandbox shop-db-1',
      'createSandbox shop-fw-1',
      'createContainer shop-fw-1',
      'createSandbox shop-db-1.ids',
      'createContainer shop-db-1.ids',
      'createSandbox shop-db-1.shop-front.firewall',
      'configureFunction shop-db-1.shop-front.firewall',
      'createSandbox shop-web-1',
    ]),
  });
  expect(step('configureFunction shop-db-1.shop-front.firewall')?.after).toContain(
    'createContainer shop-db-1.shop-front.firewall.guard',
  );
});

test('when nothing has changed, nothing is done', () => {
  expect(ids(led, deployed(led))).toEqual([]);
  expect(ids(led, deployed(led), heal)).toEqual([]);
});

test('a chain is put before a service that runs, and taken away, without touching it', () => {
  expect(ids(led, { ...deployed(open), images: imagesOf(led) })).toEqual([
    'createSandbox shop-db-1.ids',
    'createContainer shop-db-1.ids',
    'createSandbox shop-db-1.shop-front.firewall',
    'createContainer shop-db-1.shop-front.firewall.guard',
    'configureFunction shop-db-1.shop-front.firewall',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ]);
  const away = stepsOf(open, deployed(led));
  expect(away.map(({ id }) => id)).toEqual([
    'removeWire shop-db-1',
    'removeContainer shop-db-1.ids',
    'removeContainer shop-db-1.ids.sandbox',
    'removeContainer shop-db-1.shop-front.firewall.guard',
    'removeContainer shop-db-1.shop-front.firewall.sandbox',
    'releaseFunction shop-db-1.ids',
    'releaseFunction shop-db-1.shop-front.firewall',
    'removeGuard shop',
  ]);
  expect(away[0]).toMatchObject({
    reason: 'no traffic has to pass the chain shop-front any more',
    args: { pod: 'shop-db-1' },
  });
});

test('another order is one step, and nothing is made anew', () => {
  const steps = stepsOf(specOf(file(front(`fw, ${filter}, ids`))), deployed(led));
  expect(steps.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
    'configureFunction shop-db-1.shop-front.firewall: where it stands changed',
    'insertWire shop-db-1: its traffic has to pass in another order: fw, firewall, ids (chain shop-front)',
    'guardNeighbours shop: where pods are that functions know changed',
  ]);
});

test('a function that goes is taken out first, and the others stay in the path all the time', () => {
  const steps = stepsOf(specOf(file(front('fw'))), deployed(led));
  expect(steps.map(({ id }) => id)).toEqual([
    'insertWire shop-db-1',
    'removeContainer shop-db-1.ids',
    'removeContainer shop-db-1.ids.sandbox',
    'removeContainer shop-db-1.shop-front.firewall.guard',
    'removeContainer shop-db-1.shop-front.firewall.sandbox',
    'releaseFunction shop-db-1.ids',
    'releaseFunction shop-db-1.shop-front.firewall',
    'guardNeighbours shop',
  ]);
  expect(steps[0]?.reason).toBe('its traffic passes shop-db-1.ids, shop-db-1.shop-front.firewall no longer');
  for (const name of ['shop-db-1.ids', 'shop-db-1.ids.sandbox', 'shop-db-1.shop-front.firewall.sandbox']) {
    const step = steps.find(({ id }) => id === `removeContainer ${name}`);
    expect(step?.after).toContain('insertWire shop-db-1');
  }
});

test('of two chains through one function one goes: its functions stay', () => {
  const two = (second: string) => specOf(file(`${front('fw', ', match: { ports: [80/tcp] }')}${second}`));
  const steps = stepsOf(
    two(''),
    deployed(two(`, { name: b, from: web, to: db, match: { ports: [81/tcp] }, through: [fw] }`)),
  );
  expect(steps.map(({ id, reason }) => [id, reason])).toEqual([
    ['insertWire shop-db-1', 'the chain b is no longer asked for'],
    ['guardNeighbours shop', 'where pods are that functions know changed'],
  ]);
});

test('a pod is led anew when who is at the other end of its chain is somewhere else', () => {
  const stopped = with_(deployed(led), 'shop-web-1.sandbox', { state: 'stopped', finishedAt: 0 });
  const steps = stepsOf(led, with_(stopped, 'shop-web-1', { state: 'stopped', exitCode: 0 }), heal);
  expect(steps.find(({ id }) => id === 'insertWire shop-db-1')).toMatchObject({
    reason: 'its chains, or where those are that they are with, changed',
    after: ['startSandbox shop-web-1'],
  });
  const more = ids(specOf(file(front('fw')), { scale: { web: 2 } }), deployed(specOf(file(front('fw')))));
  expect(more.indexOf('insertWire shop-db-1')).toBeGreaterThan(more.indexOf('createSandbox shop-web-2'));
});

test('a function that ended is started again, and then let in what is led through it', () => {
  const ended = with_(deployed(led), 'shop-fw-1', { state: 'stopped', exitCode: 1 });
  const again = [
    'configureFunction shop-db-1.shop-front.firewall',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ];
  expect(ids(led, ended, heal)).toEqual(['startContainer shop-fw-1', ...again]);
  const beside = with_(deployed(led), 'shop-db-1.ids', { state: 'stopped', exitCode: 1 });
  expect(ids(led, beside, heal)).toEqual([
    'removeContainer shop-db-1.ids',
    'createContainer shop-db-1.ids',
    ...again,
  ]);
});

describe('a chain that is open on failure', () => {
  const lenient = specOf(file(front('fw', ', onFailure: open')));
  const held = { ...heal, mayRestart: () => false };
  const ended = with_(deployed(lenient), 'shop-fw-1', { state: 'stopped', exitCode: 1 });

  test('is as it should be while its function runs', () => {
    expect(ids(lenient, deployed(lenient), heal)).toEqual([]);
  });

  test('does without one that does not run and is not to, and that is all there is to do', () => {
    const [step] = stepsOf(lenient, ended, held);
    expect(step?.id).toBe('insertWire shop-db-1');
    expect(step?.reason).toBe('its chains do without shop-fw-1, which does not run');
    const digest = canonicalJson({ chains: [], peers: {} });
    const without = { ...ended, chains: { 'shop-db-1': { paths: {}, digest } } };
    expect(ids(lenient, without, held)).toEqual([]);
  });

  test('passes it again once it is started, whether that goes well or not', () => {
    const step = stepsOf(lenient, ended, heal).find(({ kind }) => kind === 'insertWire');
    expect(step?.after).toContain('startContainer shop-fw-1');
    expect(step?.despite).toContain('startContainer shop-fw-1');
  });
});

test('a function in a new namespace is put into the path again', () => {
  const { containers, ...rest } = deployed(led);
  const gone: Observed = {
    ...rest,
    containers: containers.filter(({ name }) => !name.startsWith('shop-fw-1')),
  };
  const steps = stepsOf(led, gone, heal);
  expect(steps.find(({ id }) => id === 'insertWire shop-db-1')).toMatchObject({
    reason: 'not all of its traffic passes ids, fw, firewall (chain shop-front)',
    after: expect.arrayContaining(['createSandbox shop-fw-1', 'createContainer shop-fw-1']),
  });
});

test('a function whose sandbox changes is made anew while its place lets nothing pass, and nobody goes around it', () => {
  const text = file(front('fw'), ', x-heddle: { manage: { firewall: true } }');
  const changed = specOf(text.replace('image: wall,', 'image: wall, hostname: other,'));
  const order = ids(changed, deployed(specOf(text)));
  expect(order).toEqual([
    'removeContainer shop-fw-1',
    'removeContainer shop-fw-1.sandbox',
    'createSandbox shop-fw-1',
    'createContainer shop-fw-1',
    'configureFunction shop-db-1.firewall',
    'insertWire shop-db-1',
    'guardNeighbours shop',
  ]);
});

test('who brings up a service alone brings up what its traffic passes', () => {
  const spec = specOf(file(front('fw')));
  const only = ids(
    spec,
    { ...nothing, images: deployed(spec).images },
    { only: new Set(['db']), whole: false },
  );
  expect(only).toEqual(expect.arrayContaining(['createContainer shop-fw-1', 'createContainer shop-db-1']));
  expect(only).not.toContain('createContainer shop-web-1');
});

test('several functions of a service: another order is one step, and one more leaves the others in their places', () => {
  const own = (path: string[]) => {
    const spec = specOf(file('', ', x-heddle: { manage: { firewall: { ingress: allow } } }'));
    return { ...spec, pods: spec.pods.map((pod) => (pod.name === 'shop-db-1' ? { ...pod, path } : pod)) };
  };
  const [a, b] = ['shop-db-1.firewall', 'shop-db-1.shaper'];
  const reasonOf = (now: string[], wanted: string[]) =>
    stepsOf(own(wanted), deployed(own(now))).find(({ kind }) => kind === 'insertWire')?.reason;
  expect(reasonOf([a, b], [a, b])).toBeUndefined();
  expect(reasonOf([a, b], [b, a])).toBe(`its traffic has to pass in another order: ${b}, ${a}`);
  expect(reasonOf([a], [a, b])).toBe(`not all of its traffic passes ${a}, ${b}`);
  expect(reasonOf([a, b], [a])).toBe(`its traffic passes ${b} no longer`);
});
