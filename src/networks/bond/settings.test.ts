import { expect, test } from 'vitest';
import { chosenDriver } from './drivers.ts';
import { bondsSettings } from './settings.ts';

const wrong = (bonds: object) =>
  bondsSettings.safeParse(bonds).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
const links = ['eth1', 'eth2'];

test('a bond is of its links, and the rest has defaults', () => {
  expect(bondsSettings.parse({ bond0: { links } })).toEqual({
    bond0: { mode: '802.3ad', links, hash: 'layer3+4', rate: 'fast', addresses: [] },
  });
  const detect = '100ms';
  expect(bondsSettings.parse({ bond0: { links, detect } })).toMatchObject({ bond0: { detect: 100 } });
});

test('what cannot be as it is written is refused, and why', () => {
  expect(wrong({ bond0: { links: ['eth1'] } })).toEqual([
    'bond0.links: are fewer than two: one link is no bond',
  ]);
  expect(wrong({ bond0: { links: ['eth1', 'eth1'] } })).toEqual(['bond0.links: name one interface twice']);
  expect(wrong({ bond0: { links, detect: '1ms' } })).toEqual([
    'bond0.detect: is no duration from 30ms to 10s',
  ]);
  expect(wrong({ bond0: { links, detect: '100ms', driver: 'kernel' } })).toEqual([
    'bond0.detect: the kernel’s bond does not speak BFD: leave it out, or say driver: ovs',
  ]);
  expect(wrong({ bond0: { links, hash: 'layer2', driver: 'ovs' } })).toEqual([
    'bond0.hash: Open vSwitch chooses links by layer3+4 alone',
  ]);
  expect(
    wrong({ bond0: { links, addresses: ['192.0.2.3', '192.0.2.1/33', '::1/0', '192.0.2.2/24/1'] } }),
  ).toHaveLength(4);
  expect(wrong({ 'a b': { links } })).toHaveLength(1);
  expect(wrong({ bond0: { links }, bond1: { links: ['eth2', 'bond0'] } })).toEqual([
    'bond1.links.0: is a link of bond0 already',
    'bond1.links.1: is a bond itself: bond0',
  ]);
});

test('the kernel makes it where it can do what was said', () => {
  const hash = 'layer3+4';
  expect(chosenDriver({ hash }, true)).toBe('kernel');
  expect(chosenDriver({ hash }, false)).toBe('ovs');
  expect(chosenDriver({ hash, detect: 100 }, true)).toBe('ovs');
  expect(chosenDriver({ hash, driver: 'kernel' }, false)).toBe('kernel');
  expect(() => chosenDriver({ hash: 'layer2' }, false)).toThrow(/this kernel has no bond.* not by layer2/);
});

test('what has made it goes on to, as long as it can do what is asked', () => {
  const hash = 'layer3+4';
  expect(chosenDriver({ hash }, true, 'ovs')).toBe('ovs');
  expect(chosenDriver({ hash: 'layer2' }, true, 'ovs')).toBe('kernel');
  expect(chosenDriver({ hash }, false, 'kernel')).toBe('ovs');
  expect(chosenDriver({ hash, driver: 'kernel' }, true, 'ovs')).toBe('kernel');
});

test('addresses are as the kernel says them', () => {
  const said = ['FD00:0::0001/64', '10.9.0.1/24'];
  const { bond0 } = bondsSettings.parse({ bond0: { links, addresses: said } });
  expect(bond0?.addresses).toEqual(['fd00::1/64', '10.9.0.1/24']);
  for (const one of ['10.9.0.1/024', 'fe80::1%eth0/64', '10.9.1/24'])
    expect(wrong({ bond0: { links, addresses: [one] } })).toHaveLength(1);
  expect(wrong({ bond0: { links, addresses: ['fd00::1/64', 'fd00:0::1/48'] } })).toEqual([
    'bond0.addresses: name one address twice',
  ]);
});
