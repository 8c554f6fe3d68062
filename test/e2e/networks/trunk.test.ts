import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Capture } from '../../support/capture.ts';
import { answered, pinging, reaches, removeNamespaces } from '../../support/endpoints.ts';
import { type JoinedHost, joinedHosts, uplink } from '../../support/joined-hosts.ts';
import { vlanOf } from '../../support/nve-suite.ts';
import { compileProgram, leakingProgram, mutingProgram, passingProgram } from '../../support/own-program.ts';
import { until } from '../../support/until.ts';

// Two hosts that know nothing of each other, but for the ids of their networks.
let one: JoinedHost;
let two: JoinedHost;
let wire: Capture;
let before: readonly string[];

beforeAll(async () => {
  [one, two] = await joinedHosts();
  wire = await Capture.start('one', uplink);
  mkdirSync(one.programs, { mode: 0o755 });
  compileProgram(one.programs, 'mute', mutingProgram);
  compileProgram(one.programs, 'leaking', leakingProgram);
  compileProgram(one.programs, 'passing', passingProgram);
  await until('the wire carries', () => [one, two].every((host) => stateOf(host).includes(' UP ')));
  before = [one, two].map(stateOf);
});
afterAll(async () => {
  wire.end();
  await Promise.all([one.end(), two.end()]);
  removeNamespaces();
});

/** What Heddle may have changed on a host's interfaces. */
function stateOf(host: JoinedHost): string {
  const links = host.run('ip', '-br', 'link', 'show').replaceAll(/<.*>/g, '');
  const flags = /promiscuity (\d)/.exec(host.run('ip', '-d', 'link', 'show', uplink))?.[1];
  return [links, flags, host.run('tc', 'qdisc', 'show', 'dev', uplink)].join('\n');
}

function inside(namespace: string, script: string): string[] {
  return [`--net=/run/netns/${namespace}`, '--', process.execPath, '-e', script];
}

/** What a namespace is answered over TCP by another. */
async function told(from: string, to: string, address: string): Promise<string> {
  const serve = 'require("net").createServer((s)=>s.end("x".repeat(1e6))).listen(80,()=>console.log())';
  const server = spawn('nsenter', inside(to, serve));
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const ask = `require('net').connect(80,'${address}').pipe(process.stdout)`;
    return execFileSync('nsenter', inside(from, ask), { encoding: 'utf8', timeout: 10_000 });
  } finally {
    server.kill('SIGKILL');
  }
}

/** Says a text to all on a network. */
function shout(from: string, address: string, text: string): void {
  const send = `const s=require('dgram').createSocket('udp4');s.bind(()=>{s.setBroadcast(true);s.send('${text}',9,'${address}',()=>s.close())})`;
  execFileSync('nsenter', inside(from, send));
}

/** Goes on to say a text to all on a network, every other millisecond. */
function shouting(from: string, address: string, text: string) {
  const say = `s.send('${text}',9,'${address}',()=>{process.stdout.write('.');setTimeout(say,2)})`;
  const send = `const s=require('dgram').createSocket('udp4');const say=()=>${say};s.bind(()=>{s.setBroadcast(true);say()})`;
  const child = spawn('nsenter', inside(from, send));
  let said = 0;
  child.stdout.on('data', (dots: Buffer) => {
    said += dots.length;
  });
  return { said: () => said, end: () => void child.kill('SIGKILL') };
}

describe.each([
  ['ip', 12, 13],
  ['sdn', 22, 23],
])('networks of %s on two hosts', (archetype, vlan, other) => {
  const [lab, too] = [`${archetype}-lab`, `${archetype}-too`];
  const address = (host: number, id = vlan) => `10.${id}.0.${host}`;
  const wish = (name: string, host: number, id: number) => ({
    name,
    archetype,
    vlan: id,
    options: { subnets: [{ subnet: `10.${id}.0.0/24`, gateway: address(host, id) }] },
  });
  const ping = () => reaches(`${archetype}1`, address(12));

  beforeAll(async () => {
    for (const [index, host] of [one, two].entries()) {
      await host.networks.tell({ network: wish(lab, index + 1, vlan) });
      await host.networks.tell({ network: wish(too, index + 1, other) });
      await host.join(`${archetype}${index + 1}`, lab, archetype, address(11 + index));
      await host.join(`${archetype}-too${index + 1}`, too, archetype, address(11 + index, other));
    }
  });

  test('are one, and the host is on it', async () => {
    // Open vSwitch forgets that it dropped something a moment later than it says that it has its flows.
    await until('the switches have come to it', () => reaches(`${archetype}1`, address(12)));
    expect(await answered(`${archetype}1`, address(12))).toBe(3);
    expect(await answered(`${archetype}2`, address(11))).toBe(3);
    expect(await answered(`${archetype}2`, address(1))).toBe(3);
    expect(await told(`${archetype}1`, `${archetype}2`, address(12))).toHaveLength(1e6);
  });

  test('hear nothing of each other, and show their ids on the wire', async () => {
    const ears = await Promise.all(
      [lab, too].map((_, index) => Capture.start(`${archetype}${['', '-too'][index]}2`, 'eth0')),
    );
    const [inLab, inToo] = ears as [Capture, Capture];
    shout(`${archetype}1`, address(255), `to all of ${lab}`);
    await until('it is heard', () => inLab.with(`to all of ${lab}`).length > 0);
    // What was to come came before this.
    shout(`${archetype}-too1`, address(255, other), `to all of ${too}`);
    await until('it is heard', () => inToo.with(`to all of ${too}`).length > 0);
    expect(inToo.with(`to all of ${lab}`)).toEqual([]);
    expect(inLab.with(`to all of ${too}`)).toEqual([]);
    // Each capture has its own pace.
    await until('it was on the wire', () => wire.with(`to all of ${lab}`).length > 0);
    expect(wire.with(`to all of ${lab}`).map(vlanOf)).toEqual([vlan]);
    for (const ear of ears) ear.end();
  });

  test('go on while the services are killed, away, and back: no packet is lost', async () => {
    const going = pinging(`${archetype}1`, address(12));
    await until('it is answered', () => going.answers > 20);
    await one.networks.kill();
    const away = going.answers;
    await until('it is answered without them', () => going.answers > away + 50);
    await one.networks.start();
    const back = going.answers;
    await until('it is answered by the way', () => going.answers > back + 50);
    expect((await going.stop()).lost).toBe(0);
  });

  test.each([
    ['its port', () => one.run('ip', 'link', 'del', `hv${vlan}`)],
    ['the edge’s program', () => one.run('tc', 'qdisc', 'del', 'dev', uplink, 'clsact')],
    ['its port from the switch', () => takeOff()],
  ])('are mended when somebody has taken away %s', async (_, takeAway) => {
    await takeAway();
    expect(await ping()).toBe(false);
    await one.networks.tell({ look: true });
    await until('they are one again', ping);
  });

  function takeOff() {
    if (archetype === 'ip') return one.run('ip', 'link', 'set', `hv${vlan}`, 'nomaster');
    return one.ovs.ask('ovs-vsctl', 'del-port', `hv${vlan}`);
  }

  test('follow a change of the id, and are this host’s alone without one', async () => {
    const { vlan: _, ...alone } = wish(lab, 1, vlan);
    const subnets = alone.options;
    await one.networks.tell({ update: { ...alone, vlan: 99, options: subnets } });
    expect(await ping()).toBe(false);
    expect(one.run('ip', '-br', 'link', 'show')).toMatch(/^hv99@/m);
    await one.networks.tell({ update: alone });
    expect(await ping()).toBe(false);
    expect(one.run('ip', '-br', 'link', 'show')).not.toMatch(new RegExp(`^h[vs](99|${vlan})@`, 'm'));
    const { status } = await one.networks.tell({ update: { ...alone, vlan } });
    expect(status?.observed).toMatchObject({ trunk: `hv${vlan}` });
    await until('they are one again', ping);
  });

  test('pass programs of their own, and the one before when another is refused', async () => {
    const update = (more: object) => one.networks.tell({ update: { ...wish(lab, 1, vlan), ...more } });
    const { status } = await update({ program: 'mute' });
    expect(status?.program).toMatchObject({ name: 'mute' });
    expect(await ping()).toBe(false);
    await expect(update({ program: 'leaking' })).rejects.toThrow('ERR_NETWORK_PROGRAM');
    expect(await ping()).toBe(false);
    const shown = await one.networks.tell({ show: lab });
    expect(shown.status).toMatchObject({ phase: 'failed', program: { name: 'mute' } });
    expect(shown.status?.reason).toContain('program leaking calls helper 23');
    expect((await update({ program: 'passing' })).status).toMatchObject({ phase: 'ready' });
    expect(await ping()).toBe(true);
    expect((await update({})).status).not.toHaveProperty('program');
    expect(await ping()).toBe(true);
  });

  test('pass nothing before the program that they are made with', async () => {
    await one.networks.tell({ update: { ...wish(too, 1, other), vlan: 98, program: 'mute' } });
    await two.networks.tell({ update: { ...wish(too, 2, other), vlan: 98 } });
    const ear = await Capture.start('one', uplink);
    shout(`${archetype}-too1`, address(255, other), 'to nobody');
    await one.networks.tell({ update: { ...wish(too, 1, other), vlan: 98 } });
    shout(`${archetype}-too1`, address(255, other), `to all of ${too}`);
    await until('it is heard', () => ear.with(`to all of ${too}`).length > 0);
    expect(ear.with('to nobody')).toEqual([]);
    ear.end();
  });

  if (archetype === 'sdn')
    test('go past none of them while somebody configures Open vSwitch anew', async () => {
      const update = (more: object) => one.networks.tell({ update: { ...wish(lab, 1, vlan), ...more } });
      const filters = () => one.run('tc', 'filter', 'show', 'dev', `hv${vlan}`, 'egress');
      const bridge = await one.ovs.ask('ovs-vsctl', 'port-to-br', `hv${vlan}`);
      const vsctl = (...args: string[]) => one.ovs.ask('ovs-vsctl', ...args);
      await update({ program: 'mute' });
      const ear = await Capture.start('one', uplink);
      const going = shouting(`${archetype}1`, address(255), 'past it');
      const disturbances = [
        () => vsctl('set', 'interface', `hv${vlan}`, 'ingress_policing_rate=100000'),
        () => vsctl('set', 'interface', `hv${vlan}`, 'ingress_policing_rate=0'),
        () => vsctl('del-port', `hv${vlan}`, '--', 'add-port', bridge.trim(), `hv${vlan}`),
        async () => {
          await vsctl('del-port', `hv${vlan}`);
          await vsctl('add-port', bridge.trim(), `hv${vlan}`);
        },
        () => one.ovs.restart(),
        // As Open vSwitch does where it hands frames to hardware; else this would prove nothing.
        async () => one.run('tc', 'qdisc', 'del', 'dev', `hv${vlan}`, 'clsact'),
      ];
      for (const disturb of disturbances) {
        await disturb();
        const said = going.said();
        await until('more is sent', () => going.said() > said + 100);
        expect(ear.with('past it')).toEqual([]);
        await until('it is mended', async () => {
          await one.networks.tell({ look: true }).catch(() => {});
          return filters().includes('0x4e5655');
        });
      }
      expect(ear.with('past it')).toEqual([]);
      await update({});
      await until('it is heard without the program', () => ear.with('past it').length > 0);
      going.end();
      ear.end();
    });

  test('have an id of their own, and no longer packets than the uplink', async () => {
    const refused = (more: object, text: string) =>
      expect(one.networks.tell({ network: { name: 'x', archetype: 'ip', ...more } })).rejects.toThrow(text);
    await refused({ vlan }, 'ERR_NETWORK_POOL');
    await refused({ vlan: 50, mtu: 9000 }, 'its MTU 9000 is more than 1500');
    const attachment = { kind: 'interface', interface: `hv${vlan}` } as const;
    const taken = { endpoint: { name: 'thief', attachment }, of: too, archetype };
    await expect(one.networks.tell(taken)).rejects.toThrow('is Heddle’s own');
  });

  test('leave nothing when they are removed', async () => {
    for (const [index, host] of [one, two].entries()) {
      for (const [network, name] of [
        [lab, ''],
        [too, '-too'],
      ]) {
        await host.networks.tell({ remove: `${archetype}${name}${index + 1}`, of: network ?? '', archetype });
        await host.networks.tell({ remove: network ?? '', archetype });
      }
    }
    expect([one, two].map(stateOf)).toEqual(before);
    expect((await one.ovs.ask('ovs-vsctl', 'list-br')).trim()).toBe('');
    expect(one.run('nft', 'list', 'ruleset')).not.toContain('port_hv');
  });
});
