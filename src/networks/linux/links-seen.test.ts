import { expect, test } from 'vitest';
import { LinksSeen } from './links-seen.ts';

const port = (flags: string, master = '') =>
  `7: hp0123456789ab@if2: <${flags}> mtu 1500 qdisc noqueue ${master}state UP group default \\    link/ether 02:00:00:00:00:01`;
const up = 'BROADCAST,MULTICAST,UP,LOWER_UP';

test('what is being made is no damage, and neither is what is somebody else’s', () => {
  const seen = new LinksSeen();
  const making = [
    port('BROADCAST,MULTICAST'),
    port('BROADCAST,MULTICAST', 'master hb1 '),
    port(up, 'master hb1 '),
  ];
  expect(making.map((line) => seen.isDamage(line))).toEqual([false, false, false]);
  expect(seen.isDamage('Deleted 3: eth0: <BROADCAST> mtu 1500')).toBe(false);
  expect(seen.isDamage('something else')).toBe(false);
});

test('what was sound and is taken off its bridge, set down or deleted is', () => {
  const seen = new LinksSeen();
  seen.isDamage(port(up, 'master hb1 '));
  expect(seen.isDamage(port(up))).toBe(true);
  expect(seen.isDamage(port(up))).toBe(false);
  seen.isDamage(port(up, 'master hb1 '));
  expect(seen.isDamage(port('BROADCAST,MULTICAST', 'master hb1 '))).toBe(true);
  expect(
    seen.isDamage('Deleted 4: hb0123456789ab: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN'),
  ).toBe(true);
});

test('a port that ovs-vswitchd does not read any more is', () => {
  const seen = new LinksSeen();
  expect(seen.isDamage(port(`${up},PROMISC`))).toBe(false);
  expect(seen.isDamage(port(up))).toBe(true);
});

test('a port that goes with its server is', () => {
  expect(new LinksSeen().isDamage('Deleted 5: hk0123456789ab@if2: <BROADCAST,MULTICAST> mtu 1500')).toBe(
    true,
  );
});
