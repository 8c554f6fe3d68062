import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Controller } from '../../../src/networks/ovs/controller/controller.ts';
import { OpenVswitch } from '../../../src/networks/ovs/open-vswitch.ts';
import {
  type ControlledNetwork,
  LearningSwitch,
} from '../../../src/networks/sdn/controller/learning-switch.ts';
import { answered, answeredOnceOne, makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { until } from '../../support/until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

let ovs: Ovs;
let openVswitch: OpenVswitch;
let controller: Controller<ControlledNetwork, LearningSwitch>;
const datapathId = '0000aabbccddeeff';
const macs = { a: '02:00:00:00:00:0a', b: '02:00:00:00:00:0b' };
const network: ControlledNetwork = {
  id: 'aabbccddeeff',
  ports: Object.entries(macs).map(([name, mac]) => ({ name: `v${name}`, mac, learns: false })),
};

function makeController() {
  return new Controller<ControlledNetwork, LearningSwitch>(
    `${ovs.folder}/heddle.sock`,
    (channel, ended) => new LearningSwitch(channel, ended),
  );
}

beforeAll(async () => {
  ovs = await startOvs();
  openVswitch = new OpenVswitch();
  controller = makeController();
  for (const [name, mac] of Object.entries(macs)) {
    makeNamespace(name);
    ip('link', 'add', `v${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'address', mac, 'netns', name);
    ip('link', 'set', `v${name}`, 'up');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'address', 'add', `10.9.0.${name === 'a' ? 1 : 2}/24`, 'dev', 'eth0');
  }
});

afterAll(async () => {
  await controller.close();
  await openVswitch.close();
  await ovs.stop();
  removeNamespaces();
});

test('a bridge with two ports, whose switch does what the controller says: the two reach each other', async () => {
  await controller.listen();
  const bridge = {
    name: 'hbtest',
    owner: 'aabbccddeeff',
    controllers: [controller.target],
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    datapathId,
  };
  await openVswitch.settleBridge(bridge);
  for (const name of ['a', 'b'])
    expect(
      (await openVswitch.settlePort('hbtest', { name: `v${name}`, owner: name, type: 'system' })).number,
    ).toBeGreaterThan(0);
  await controller.control(datapathId, network, 'hbtest');
  expect(await answeredOnceOne('a', '10.9.0.2')).toBe(3);
  // Open vSwitch counts what its cache has passed a moment later.
  await until('flows have counted', async () => {
    const flows = await controller.at(datapathId).flows();
    return flows.filter(({ packets }) => packets > 0n).length > 2;
  });
  expect((await controller.at(datapathId).counters()).some(({ rx }) => rx.packets > 0n)).toBe(true);
});

test('a controller that comes back calls a switch that waits before it tries again, until that has connected', async () => {
  const isConnected = (is: boolean) =>
    until(
      'the switch has seen it',
      async () =>
        (await ovs.ask('ovs-vsctl', 'get', 'Controller', '.', 'is_connected')).trim() === String(is),
    );
  await controller.close();
  await isConnected(false);
  controller = makeController();
  const stranger = { id: 'aabbccddeeff', ports: [{ name: 'va', mac: macs.a, learns: false }] };
  await controller.control(datapathId, stranger, 'hbtest');
  expect(await answered('a', '10.9.0.2')).toBe(0);
  await controller.control(datapathId, network, 'hbtest');
  expect(await answeredOnceOne('a', '10.9.0.2')).toBe(3);
  await isConnected(true);
  await controller.control(datapathId, network, 'hbtest');
  expect(await answeredOnceOne('a', '10.9.0.2')).toBe(3);
});

test('the same again changes nothing', async () => {
  const before = await ovs.ask('ovs-vsctl', 'get', 'Open_vSwitch', '.', 'next_cfg');
  await openVswitch.settleBridge({
    name: 'hbtest',
    owner: 'aabbccddeeff',
    controllers: [controller.target],
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    datapathId,
  });
  await openVswitch.settlePort('hbtest', { name: 'va', owner: 'a', type: 'system' });
  expect(await ovs.ask('ovs-vsctl', 'get', 'Open_vSwitch', '.', 'next_cfg')).toBe(before);
});

test('what is another’s is refused, and what is removed is gone, also the second time', async () => {
  await expect(openVswitch.removeBridge('hbtest', 'somebody')).rejects.toMatchObject({ code: 'ERR_OVS' });
  const absent = { name: 'absent', owner: 'absent', type: 'system' } as const;
  await expect(openVswitch.settlePort('hbtest', absent)).rejects.toMatchObject({ code: 'ERR_OVS' });
  for (let time = 0; time < 2; time++) {
    await openVswitch.removePort('absent', 'absent');
    await openVswitch.removePort('va', 'a');
    await openVswitch.removeBridge('hbtest', 'aabbccddeeff');
  }
  expect(await ovs.ask('ovs-vsctl', 'list-br')).toBe('');
  expect(ip('-br', 'link', 'show')).not.toContain('hbtest');
});

test('a client whose server is not there says so, and finds it again when it is', async () => {
  const lost = new OpenVswitch('/run/nowhere.sock');
  await expect(lost.read()).rejects.toMatchObject({ code: 'ERR_OVS' });
  const before = await openVswitch.read();
  await ovs.restartDatabase();
  const found = await openVswitch.read().catch(() => openVswitch.read());
  expect(found.root).toBe(before.root);
});
