import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { overriding } from '../../../src/lib/overriding.ts';
import { etarch } from '../../../src/networks/etarch/etarch.ts';
import { etherType, workspaceAddress } from '../../../src/networks/etarch/wire/ethernet.ts';
import { linux } from '../../../src/networks/linux/linux.ts';
import { localServices } from '../../../src/networks/local-services.ts';
import type { ArchetypeService } from '../../../src/networks/standard/service.ts';
import { openSqliteManager } from '../../../src/state/sqlite-manager.ts';
import type { StateManager } from '../../../src/state/state-manager.ts';
import { Capture } from '../../support/capture.ts';
import { Chatters } from '../../support/chatters.ts';
import { makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { until } from '../../support/until.ts';

// Two nodes on one host, with a bridge each and a wire between them, which share a registry.

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-etarch-nodes-'));
const chatters = new Chatters();
const states: StateManager[] = [];
let ovs: Ovs;
let shared: StateManager;
let wire: Capture;
let one: ArchetypeService;
let two: ArchetypeService;

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const namespaceOf = (name: string) => `/run/netns/${name}`;

function openState(name: string): StateManager {
  const state = openSqliteManager(path.join(folder, `${name}.db`));
  states.push(state);
  return state;
}

/** A node; `trunk`: the interface of its host that leads to others. */
function openNode(node: string, trunk: string): ArchetypeService {
  const own = path.join(folder, node);
  mkdirSync(own);
  const trunked = {
    ...linux,
    driver: (...given: Parameters<typeof linux.driver>) => {
      const driver = linux.driver(...given);
      return overriding(driver, {
        applyNetwork: async (network, endpoints) => {
          const observed = await driver.applyNetwork(network, endpoints);
          await ovs.ask('ovs-vsctl', '--may-exist', 'add-port', String(observed['interface']), trunk);
          return { ...observed, trunk };
        },
      });
    },
  };
  const services = localServices([trunked, etarch], openState(node), () => own, {
    shared: { node, state: shared },
  });
  return services.get('etarch')!;
}

async function join(node: ArchetypeService, name: string): Promise<void> {
  const attachment = { kind: 'namespace', path: namespaceOf(name), interface: 'eth0' } as const;
  await node.endpoints('lab').create({ name, attachment, mac: macOf(name) });
}

const macOf = (name: string) => `02:00:00:00:00:0${name.charCodeAt(0) % 10}`;

beforeAll(async () => {
  ovs = await startOvs();
  // A host that forwards has something to say at each of its interfaces.
  writeFileSync('/proc/sys/net/ipv6/conf/all/forwarding', '1');
  shared = openState('shared');
  ip('link', 'add', 'trunk1', 'type', 'veth', 'peer', 'name', 'trunk2');
  for (const trunk of ['trunk1', 'trunk2']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${trunk}/disable_ipv6`, '1');
    ip('link', 'set', trunk, 'up');
  }
  ip('netns', 'attach', 'nodes', String(process.pid));
  wire = await Capture.start('nodes', 'trunk1');
  [one, two] = [openNode('one', 'trunk1'), openNode('two', 'trunk2')];
  for (const node of [one, two]) await node.networks.create({ name: 'lab', archetype: 'etarch' });
  for (const name of ['alice', 'bob', 'carol', 'dave']) makeNamespace(name);
  await join(one, 'alice');
  await join(one, 'carol');
  await join(two, 'bob');
  await join(two, 'dave');
});

afterAll(async () => {
  chatters.close();
  wire.end();
  for (const node of [one, two]) await node.close();
  for (const state of states) await state.close();
  await ovs.stop();
  ip('netns', 'delete', 'nodes');
  ip('link', 'delete', 'trunk1');
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

test('a workspace spans nodes, and an entity that moves keeps its title and its workspaces', async () => {
  const alice = await chatters.enter('alice', namespaceOf('alice'));
  const bob = await chatters.enter('bob', namespaceOf('bob'));
  const outsider = await Capture.start('dave', 'eth0');
  const room = await alice.host('room', { access: ['bob', 'carol'] });
  const ofBob = await bob.join('room');
  // The agent of the other node follows at once, and no later than anybody notices.
  await until('bob hears alice', () => {
    room.say('over the wire');
    return bob.heard.includes('alice: over the wire');
  });
  ofBob.say('and back');
  await until('alice hears bob', () => alice.heard.includes('bob: and back'));

  // Any node says who is where, and where a frame would go.
  const { titles, workspaces } = await two.traffic.directory('lab');
  expect(titles.map(({ title, node }) => [title, node])).toEqual([
    ['alice', 'one'],
    ['bob', 'two'],
  ]);
  expect(workspaces).toMatchObject([{ title: 'room', creator: 'alice', members: ['alice', 'bob'] }]);
  const trace = await one.traffic.trace('lab', { from: 'alice', to: 'room' });
  expect(trace).toMatchObject({
    outcome: 'delivered',
    to: [
      { kind: 'edge', name: 'trunk' },
      { kind: 'endpoint', name: 'bob', node: 'two' },
    ],
  });
  const stopped = await one.traffic.trace('lab', { from: 'carol', to: 'room' });
  expect(stopped.outcome).toBe('dropped');
  expect(stopped.steps.at(-1)).toMatchObject({ at: 'table 1', rule: 'no flow' });

  const local = await alice.host('local');
  const carol = await chatters.enter('carol', namespaceOf('carol'));
  await carol.join('local');
  local.say('stays at home');
  await until('carol hears it', () => carol.heard.includes('alice: stays at home'));
  expect(wire.with('stays at home')).toEqual([]);

  // Moves: her endpoint is made on the other node.
  await one.endpoints('lab').delete('alice');
  await join(two, 'alice');
  const moved = await chatters.enter('alice', namespaceOf('alice'));
  moved.client.listen(workspaceAddress('local'), ({ from, data }) => moved.heard.push(`${from}: ${data}`));
  await until('it is known there', async () => (await moved.client.lookUp('local')).members === 2);
  expect(await moved.client.lookUp('local')).toMatchObject({ creator: 'alice', members: 2 });
  const ofCarol = await carol.join('local');
  await until('she hears carol where she is now', () => {
    ofCarol.say('are you there?');
    return moved.heard.includes('carol: are you there?');
  });
  // What she was at before leads nowhere any more.
  expect((await two.networks.read('lab')).status.observed).toMatchObject({ trunk: 'trunk2' });
  expect(outsider.frames()).toEqual([]);
  outsider.end();
  const types = wire.frames().map((frame) => frame.readUInt16BE(12));
  expect(new Set(types)).toEqual(new Set([etherType.data]));
});

test('the domain ends where the network lives nowhere any more', async () => {
  for (const name of ['carol']) await one.endpoints('lab').delete(name);
  await one.networks.delete('lab');
  expect((await shared.list('registry/etarch/lab/workspaces/')).entries).toHaveLength(2);
  for (const name of ['alice', 'bob', 'dave']) await two.endpoints('lab').delete(name);
  await two.networks.delete('lab');
  expect((await shared.list('registry/')).entries).toEqual([]);
});
