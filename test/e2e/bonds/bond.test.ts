import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BondLab } from '../../support/bond-lab.ts';
import { makeNamespace, pinging, reaches, removeNamespaces } from '../../support/endpoints.ts';
import { until } from '../../support/until.ts';

// A host with two links to a switch that speaks LACP. This kernel may have no bond: Open vSwitch makes it.
const lab = new BondLab();
const settings = { links: ['eth1', 'eth2'], driver: 'ovs', addresses: ['10.9.0.1/24', 'fd09::1/64'] };
const there = () => reaches(lab.nameOf('node'), '10.9.0.2');
const memberOf = async (name: string) => (await lab.bond()).members.find((one) => one.name === name);

/** What a link has of its own, whatever it is of. */
const own = () => [
  lab.run('node', 'ethtool', '-k', 'eth1'),
  lab.run('node', 'cat', '/proc/sys/net/ipv6/conf/eth1/disable_ipv6'),
];
let before: string[] = [];

beforeAll(async () => {
  await lab.start();
  lab.run('node', 'ethtool', '-K', 'eth1', 'gro', 'on');
  before = own();
  await lab.host.startNode({ bond0: settings });
});
afterEach(() => lab.mend());
afterAll(async () => {
  removeNamespaces();
  await lab.remove();
});

describe('a bond of two links', () => {
  test('is agreed on by LACP, has its addresses, and says with whom', async () => {
    const bond = await lab.becomes('the bond is up', ({ state }) => state === 'up');
    expect(bond).toMatchObject({ driver: 'ovs', mode: '802.3ad', hash: 'layer3+4', mtu: 1500 });
    expect(bond.reason).toMatch(/^agreed with [0-9a-f:]{17} \(key \d+\) on 2 of 2 links$/);
    expect(bond.members.map(({ used, heard, partner }) => ({ used, heard, partner }))).toEqual(
      ['eth1', 'eth2'].map(() => ({ used: true, heard: true, partner: bond.partner })),
    );
    expect(own()).not.toEqual(before);
    await until('the other end answers', there);
    const addresses = lab.run('node', 'ip', 'address', 'show', 'dev', 'bond0');
    for (const address of settings.addresses) expect(addresses).toContain(address);
    const { code, stdout } = await lab.host.heddle('net', 'bond');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NAME +DRIVER +STATE +LINKS +PARTNER .*\nbond0 +ovs +up +2\/2 /);
    expect((await lab.host.heddle('net', 'bond', 'bond0')).stdout).toMatch(
      /^LINK +USED .*\neth1 +yes +yes /m,
    );
  });

  test('one flow takes one link, and many take both', async () => {
    lab.run('switch', 'iperf3', '-s', '-D', '--logfile', '/dev/null');
    const sent = async () => (await lab.bond()).members.map((member) => member.sent);
    const by = async (flows: number) => {
      const before = await sent();
      await until('it is sent', () => {
        lab.run('node', 'iperf3', '-c', '10.9.0.2', '-t', '2', '-P', String(flows));
        return true;
      });
      const after = await sent();
      const bytes = after.map((all, index) => all - (before[index] ?? 0));
      return Math.min(...bytes) / bytes.reduce((sum, one) => sum + one, 0);
    };
    // What keeps the links going does not wait behind what they carry.
    const first = lab.run('node', 'nft', 'list', 'chain', 'netdev', 'heddle_bond', 'link_eth1');
    expect(first).toMatch(/ether type 0x8809 meta priority set 0:7 counter packets [1-9]/);
    expect(await by(1)).toBeLessThan(0.1);
    expect(await by(64)).toBeGreaterThan(0.2);
    const { imbalance, members } = await lab.bond();
    expect(imbalance).toBeGreaterThanOrEqual(0);
    expect(members.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1, 2);
  });

  test('a link that is pulled is named, and what passes goes on by the other', async () => {
    const pings = pinging(lab.nameOf('node'), '10.9.0.2');
    await until('it is answered', () => pings.answers > 20);
    lab.pull(1, true);
    const bond = await lab.becomes('it is degraded', ({ state }) => state === 'degraded');
    expect(bond.members[0]).toMatchObject({ used: false, problem: 'pulled', carrier: false });
    expect(bond.reason).toContain('on 1 of 2 links; eth1 has no carrier');
    expect((await lab.host.heddle('net', 'bond')).code).toBe(1);
    lab.pull(1, false);
    const back = await lab.becomes('it is up again', ({ state }) => state === 'up');
    expect(back.members[0]?.failures).toBeGreaterThanOrEqual(1);
    const { sent, lost } = await pings.stop();
    expect(sent).toBeGreaterThan(100);
    expect(lost).toBeLessThan(30);
  });

  test('one that leads to another switch, or into another group of this one, carries nothing and is named', async () => {
    await lab.vsctl('del-port', 'sw', 'lag-sw');
    await lab.vsctl('add-br', 'other', '--', 'set', 'bridge', 'other', 'datapath_type=netdev');
    for (const [bridge, port] of [
      ['sw', 'sw1'],
      ['other', 'sw2'],
    ])
      await lab.vsctl(
        ...`add-port ${bridge} ${port} -- set port ${port} lacp=active other_config:lacp-time=fast`.split(
          ' ',
        ),
      );
    const bond = await lab.becomes('a link is miswired', ({ members }) =>
      members.some(({ problem }) => problem === 'miswired'),
    );
    expect(bond.state).toBe('degraded');
    expect(bond.members.filter(({ used }) => used)).toHaveLength(1);
    expect(bond.members.find(({ problem }) => problem)?.reason).toMatch(/leads to .* and the bond to /);
    for (const port of ['sw1', 'sw2']) await lab.vsctl('del-port', port);
    await lab.group();
    await lab.becomes('it is up again', ({ state }) => state === 'up');
  });

  test('opposite to ports without LACP it lets nothing through, and says why', async () => {
    await lab.vsctl('del-port', 'sw', 'lag-sw');
    for (const port of ['sw1', 'sw2']) await lab.vsctl('add-port', 'sw', port);
    const bond = await lab.becomes('it is down', ({ state }) => state === 'down');
    expect(bond.reason).toMatch(/nobody speaks LACP on eth1, eth2: nothing passes/);
    expect(await there()).toBe(false);
    for (const port of ['sw1', 'sw2']) await lab.vsctl('del-port', port);
    await lab.group();
    await lab.becomes('it is up again', ({ state }) => state === 'up');
    await until('the other end answers', there);
  });

  test('a link that comes and goes is said to flap', async () => {
    for (let times = 0; times < 3; times++) {
      lab.pull(2, true);
      await until('it is seen', async () => (await memberOf('eth2'))?.problem === 'pulled');
      lab.pull(2, false);
      await until('it is back', async () => (await memberOf('eth2'))?.used === true);
    }
    const bond = await lab.becomes('it flaps', ({ members }) => members[1]?.problem === 'flapping');
    expect(bond.members[1]?.reason).toMatch(/^eth2 was lost \d+ times within five minutes/);
    expect(bond.state).toBe('degraded');
  });
});

describe('a bond that detects silence by BFD', () => {
  const detecting = { bond0: { ...settings, detect: '100ms' } };

  test('is down while the partner speaks none, and says so', async () => {
    await lab.host.end();
    await lab.host.startNode(detecting);
    const bond = await lab.becomes('BFD is down', ({ members }) =>
      members.every(({ bfd }) => bfd === 'down'),
    );
    expect(bond).toMatchObject({ state: 'down', detect: 100 });
    expect(bond.reason).toMatch(/eth1 has BFD down \(detect: 100 ms\).* the partner speaks no BFD/);
    await lab.vsctl('del-port', 'sw', 'lag-sw');
    await lab.group([1, 2], 'sw', true);
    await lab.becomes('it is used', ({ members }) => members.every(({ used, bfd }) => used && bfd === 'up'));
    await until('the other end answers', there);
  });

  test('loses next to nothing where a link falls silent, whose carriers stay', async () => {
    const pings = pinging(lab.nameOf('node'), '10.9.0.2');
    await until('it is answered', () => pings.answers > 20);
    lab.silence(1, true);
    const bond = await lab.becomes('it is silent', ({ members }) => members[0]?.problem === 'silent');
    expect(bond.members[0]).toMatchObject({ carrier: true, used: false, bfd: 'down' });
    expect(bond.members[1]).toMatchObject({ used: true });
    lab.silence(1, false);
    await lab.becomes('it is used again', ({ members }) => members.every(({ used }) => used));
    expect((await pings.stop()).lost).toBeLessThan(60);
  });
});

describe('what is about it', () => {
  test('without it, silence is found by LACP', async () => {
    await lab.host.end();
    await lab.host.startNode({ bond0: settings });
    await lab.vsctl('del-port', 'sw', 'lag-sw');
    await lab.group();
    await lab.becomes('nobody asks for BFD', ({ members }) =>
      members.every(({ used, bfd }) => used && bfd === null),
    );
  });

  test('killed, the node leaves it as it is, and takes it up again', async () => {
    const pings = pinging(lab.nameOf('node'), '10.9.0.2');
    await until('it is answered', () => pings.answers > 20);
    const made = lab.run('node', 'ip', '-o', 'link', 'show', 'bond0').split(':')[0];
    await lab.host.kill();
    await lab.host.startNode({ bond0: settings });
    await lab.becomes('it is seen', ({ members }) => members.every(({ used }) => used));
    expect(await pings.stop()).toMatchObject({ lost: 0 });
    expect(lab.run('node', 'ip', '-o', 'link', 'show', 'bond0').split(':')[0]).toBe(made);
  });

  test('a note that somebody has spoilt loses nothing, and is written anew', async () => {
    const file = `${lab.host.stateDir}/bonds/bond0/made.json`;
    const noted = readFileSync(file, 'utf8');
    await lab.host.end();
    writeFileSync(file, noted.slice(0, 20));
    await lab.host.startNode({ bond0: settings });
    await lab.becomes('it is seen', ({ members }) => members.every(({ used }) => used));
    await until('it is noted again', () => readFileSync(file, 'utf8') === noted);
  });

  test('Open vSwitch that is started anew has it again, and one that is away is named', async () => {
    await lab.ovs('node').restart();
    await lab.becomes('it is used again', ({ members }) => members.every(({ used }) => used));
    await until('the other end answers', there);
    await lab.ovs('node').halt();
    const bond = await lab.becomes('it is down', ({ state }) => state === 'down');
    expect(bond.reason).toMatch(/ovs/);
    await lab.ovs('node').resume();
    await lab.becomes('it is used again', ({ members }) => members.every(({ used }) => used));
    await until('the other end answers', there);
  });

  test('a link that is made anew under its name is a member again', async () => {
    lab.unplug(2);
    await lab.becomes('it is absent', ({ members }) => members[1]?.problem === 'absent');
    lab.plug(2);
    await lab.becomes('it is used again', ({ members }) => members[1]?.used === true);
  });

  test('metrics say all of it', async () => {
    const text = lab.run(
      'node',
      'curl',
      '-sf',
      '--unix-socket',
      `${lab.host.runDir}/node.sock`,
      'http://node/metrics',
    );
    expect(text).toContain('heddle_bond_up{bond="bond0",driver="ovs"} 1');
    expect(text).toMatch(
      /heddle_bond_lacp_partner_info\{bond="bond0",member="eth1",partner="[0-9a-f:]+",key="\d+"\} 1/,
    );
    expect(text).toContain('heddle_bond_member_up{bond="bond0",member="eth2"} 1');
  });

  test('a network that it is the uplink of leads to what is behind it, and so do others by their VLAN', async () => {
    await lab.host.end();
    const { addresses: _, ...bare } = settings;
    await lab.host.startNode({ bond0: bare }, { edge: { driver: 'ebpf', uplink: 'bond0' } });
    await lab.becomes('it is used', ({ members }) => members.every(({ used }) => used));
    await lab.vsctl(...'add-port sw v12 tag=12 -- set interface v12 type=internal'.split(' '));
    lab.run('switch', 'ip', 'address', 'add', '10.12.0.2/24', 'dev', 'v12');
    lab.run('switch', 'ip', 'link', 'set', 'v12', 'up');
    for (const [name, number, options] of [
      ['tagged', 12, ['--vlan', '12']],
      ['fabric', 9, ['-o', 'uplink=bond0']],
    ] as const) {
      const subnet = ['--subnet', `10.${number}.0.0/24`, '-o', 'names=false'];
      await lab.host.ok('net', 'create', name, ...subnet, ...options);
      const station = makeNamespace(`${lab.nameOf('node')}-${name}`);
      const at = ['--namespace', station, '--ip', `10.${number}.0.77`];
      await lab.host.ok('endpoint', 'create', name, 'pod', ...at);
      await until(`what is behind is reached on ${name}`, () =>
        reaches(`${lab.nameOf('node')}-${name}`, `10.${number}.0.2`),
      );
    }
    expect(lab.run('node', 'ip', '-o', 'link', 'show', 'bond0')).toMatch(/ master hb/);
    const pings = pinging(`${lab.nameOf('node')}-fabric`, '10.9.0.2');
    await until('it is answered', () => pings.answers > 20);
    lab.pull(1, true);
    await lab.becomes('it is seen', ({ members }) => members[0]?.problem === 'pulled');
    lab.pull(1, false);
    await lab.becomes('it is used again', ({ members }) => members.every(({ used }) => used));
    expect((await pings.stop()).lost).toBeLessThan(30);
    for (const name of ['tagged', 'fabric']) await lab.host.ok('net', 'rm', '--force', name);
    expect(lab.run('node', 'ip', '-o', 'link', 'show', 'bond0')).not.toContain('master');
  });

  test('a link that the settings do not name any more leaves, and the bond stays as it is', async () => {
    await lab.host.end();
    await lab.host.startNode({ bond0: settings });
    await lab.becomes('it is used', ({ members }) => members.every(({ used }) => used));
    const index = () => lab.run('node', 'ip', '-o', 'link', 'show', 'bond0').split(':')[0];
    const made = index();
    lab.run('node', 'ip', 'route', 'add', '192.0.2.0/24', 'via', '10.9.0.2');
    await lab.host.end();
    await lab.host.startNode({ bond0: { ...settings, links: ['eth2', 'eth9'] } });
    const bond = await lab.becomes('one link carries', ({ members }) => members[0]?.used === true);
    expect(bond.members.map(({ name, problem }) => [name, problem])).toEqual([
      ['eth2', null],
      ['eth9', 'absent'],
    ]);
    expect(own()).toEqual(before);
    expect(lab.run('node', 'nft', 'list', 'ruleset')).not.toContain('port_eth1');
    // A card that has died is replaced by another.
    lab.unplug(2);
    await lab.host.end();
    await lab.host.startNode({ bond0: { ...settings, links: ['eth1', 'eth9'] } });
    await lab.becomes('the other carries', ({ members }) => members[0]?.used === true);
    await until('the other end answers', there);
    expect(index()).toBe(made);
    expect(lab.run('node', 'ip', 'route')).toContain('192.0.2.0/24 via 10.9.0.2');
    lab.plug(2);
    await lab.host.end();
    await lab.host.startNode({ bond0: settings });
    await lab.becomes('both carry', ({ members }) => members.every(({ used }) => used));
  });

  test('a link with an address of its own is refused, and one that is nowhere is named', async () => {
    await lab.host.end();
    lab.run('node', 'ip', 'link', 'add', 'eth3', 'type', 'veth', 'peer', 'name', 'eth4');
    lab.run('node', 'ip', 'address', 'add', '192.0.2.7/24', 'dev', 'eth3');
    await lab.host.startNode({ bond0: settings, bond1: { links: ['eth3', 'eth9'], driver: 'ovs' } });
    const { code, stdout } = await lab.host.heddle('net', 'bond', 'bond1');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /eth3 cannot be a member: it has the address 192.0.2.7\/24, .*give it to the bond/,
    );
    expect(stdout).toContain('eth9 is not there');
    expect(lab.run('node', 'ip', 'address', 'show', 'dev', 'eth3')).toContain('192.0.2.7/24');
  });

  test('a name that is taken is refused, and what has it stays', async () => {
    await lab.host.end();
    await lab.host.startNode({ bond0: settings, eth4: { links: ['eth5', 'eth6'], driver: 'ovs' } });
    const { stdout } = await lab.host.heddle('net', 'bond', 'eth4');
    expect(stdout).toContain('an interface (veth) of that name is there');
    expect(lab.run('node', 'ip', 'link', 'show', 'eth4')).toContain('eth4');
  });

  test('one that the settings do not ask for any more is gone, and its links are as they were', async () => {
    await lab.host.end();
    await lab.host.startNode({});
    await until('what it had is taken away', () => !existsSync(`${lab.host.stateDir}/bonds`));
    expect(() => lab.run('node', 'ip', 'link', 'show', 'bond0')).toThrow(/does not exist/);
    expect(await lab.ovs('node').ask('ovs-vsctl', 'list-br')).toBe('');
    expect(lab.run('node', 'nft', 'list', 'ruleset')).not.toMatch(/(port|link)_eth/);
    expect(own()).toEqual(before);
    expect((await lab.host.heddle('net', 'bond')).stdout.trim()).toMatch(/^NAME/);
  });
});
