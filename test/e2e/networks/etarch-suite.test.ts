import { afterAll, beforeAll, describe } from 'vitest';
import { Chatters } from '../../support/chatters.ts';
import { networkingSuite } from '../../support/networking-suite.ts';
import { openHere } from '../../support/open-service.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import type { Stations } from '../../support/stations.ts';
import { until } from '../../support/until.ts';

let ovs: Ovs;
beforeAll(async () => {
  ovs = await startOvs();
  // With its first bridge goes what an Open vSwitch of another test left.
  await ovs.ask('ovs-vsctl', 'add-br', 'first', '--', 'set', 'bridge', 'first', 'datapath_type=netdev');
  await ovs.ask('ovs-vsctl', 'del-br', 'first');
});
afterAll(() => ovs.stop());

describe('the networking service of etarch', () =>
  networkingSuite({
    archetype: 'etarch',
    wrong: { subnets: [] },
    open: () => openHere('etarch'),
    reaches,
    takeAway: ({ status }) => ovs.ask('ovs-vsctl', 'del-br', String(status.observed['interface'])),
  }));

/** Whether what an entity says in a workspace is heard by those at the other endpoints, who join that of its name. */
async function reaches(stations: Stations, from: string, to: readonly string[]): Promise<boolean[]> {
  const chatters = new Chatters();
  try {
    const sender = await chatters.enter(from, stations.pathOf(from));
    const room = await sender.host('room');
    const others = await Promise.all(to.map((name) => chatters.enter(name, stations.pathOf(name))));
    for (const one of others) await one.host('room').catch(() => one.join('room'));
    room.say('hello');
    await until('somebody hears it', () => others.some(({ heard }) => heard.length > 0));
    return others.map(({ heard }) => heard.includes(`${from}: hello`));
  } finally {
    chatters.close();
  }
}
