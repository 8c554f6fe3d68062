import { expect, test } from 'vitest';
import { parseLacpShow, parseLacpStats } from './lacp-show.ts';

// As Open vSwitch 3.1 says it.
const shown = `---- bond0-links ----
  status: active negotiated
  sys_id: 76:3c:de:8e:59:4c
  sys_priority: 65534
  aggregation key: 1
  lacp_time: fast

member: eth1: current attached
  port_id: 1
  port_priority: 65535
  may_enable: true

  actor sys_id: 76:3c:de:8e:59:4c
  actor key: 1

  partner sys_id: ce:fc:4d:e7:52:43
  partner sys_priority: 65534
  partner port_id: 2
  partner key: 4

member: eth2: defaulted detached
  port_id: 2
  may_enable: false

  actor sys_id: 76:3c:de:8e:59:4c
  actor key: 1

  partner sys_id: 00:00:00:00:00:00
  partner port_id: 0
  partner key: 0
`;
const stats = `---- bond0-links statistics ----

member: eth1:
  TX PDUs: 8
  Link Expired: 2
  Link Defaulted: 0
  Carrier Status Changed: 3

member: eth2:
  TX PDUs: 7
  Link Expired: 1
  Carrier Status Changed: 6
`;

test('who is heard on each link', () => {
  const partner = { system: 'ce:fc:4d:e7:52:43', key: 4, port: 2 };
  expect(parseLacpShow(shown)).toEqual({
    actor: { system: '76:3c:de:8e:59:4c', key: 1 },
    members: [
      { name: 'eth1', isCurrent: true, isEnabled: true, partner },
      { name: 'eth2', isCurrent: false, isEnabled: false, partner: undefined },
    ],
  });
  expect(parseLacpShow(shown.replaceAll('member: ', 'slave: '))).toEqual(parseLacpShow(shown));
});

test('how often each link was lost', () => {
  expect([...parseLacpStats(stats)]).toEqual([
    ['eth1', 2],
    ['eth2', 3],
  ]);
});
