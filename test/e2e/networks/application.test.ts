import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeHealth } from '../../../src/api/messages.ts';
import type { Endpoint } from '../../../src/networks/standard/endpoint.ts';
import type { Network } from '../../../src/networks/standard/network.ts';
import { TestHost } from '../../support/host.ts';
import { InContainers } from '../../support/in-containers.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';
import { compileProgram, mutingProgram } from '../../support/own-program.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = `
services:
  web:
    ${tiny.replaceAll(/, (?=build:)/g, '\n    ')}
    ports: ["18080:80", "80", "127.0.0.1:18082:80"]
    networks: { lab: { ipv4_address: 10.77.0.2, ipv6_address: "fd77::7" }, back: {} }
    dns: [127.0.0.2]
    dns_search: [example.org]
    scale: 1
    stop_grace_period: 1s
  db:
    image: localhost/heddle-test/tiny
    networks: { lab: { aliases: [store] } }
    scale: 2
    stop_grace_period: 1s
  cache: { image: localhost/heddle-test/tiny, networks: [back], stop_grace_period: 1s }
networks:
  lab:
    ipam: { config: [{ subnet: 10.77.0.0/24 }, { subnet: "fd77::/64" }] }
    x-heddle: { archetype: ip, vlan: 12, program: mute }
  back: { internal: true, x-heddle: { archetype: ip } }
`;
const [uplink, wire] = ['netapp0', 'netapp1'];

/** Where what runs is not what was declared. */
async function differences(project: string[]): Promise<unknown[]> {
  const all = await host.json<{ differences: string[] }[]>('inspect', ...project);
  return all.filter((one) => one.differences.length > 0);
}

/** What of Heddle's networks is on this host. */
function leftovers(): string[] {
  const links = JSON.parse(execFileSync('ip', ['-j', 'link', 'show'], { encoding: 'utf8' }));
  return links.map(({ ifname }: { ifname: string }) => ifname).filter((name: string) => /^h[bp]/.test(name));
}

const host = new TestHost();
const containers = new InContainers(host);
afterAll(() => host.remove());

/** A node with an engine that joins networks to others, and a program for these. */
async function startWithEdge(): Promise<void> {
  execFileSync('ip', ['link', 'add', uplink, 'up', 'type', 'veth', 'peer', 'name', wire]);
  execFileSync('ip', ['link', 'set', wire, 'up']);
  const [programs, settings] = ['programs', 'node.yaml'].map((name) => path.join(host.folder, name));
  mkdirSync(programs ?? '');
  compileProgram(programs ?? '', 'mute', mutingProgram);
  writeFileSync(settings ?? '', `edge: { uplink: ${uplink}, programs: ${programs} }\n`);
  host.start('node', 'start', '--config', settings ?? '');
  await until('the node answers', async () => (await host.heddle('node', 'status')).code === 0);
}

describe('an application on a network of an archetype', () => {
  let project: string[];
  let ovs: Ovs | undefined;
  const processes: Pick<ChildProcess, 'kill'>[] = [];
  const fetch = async (container: string, name: string) =>
    (await containers.run(container, 'busybox', 'wget', '-q', '-O', '-', `http://${name}/`)).stdout.trim();
  const curl = () =>
    execFileSync('curl', ['-sS', '-m', '5', 'http://127.0.0.1:18080/'], { encoding: 'utf8' }).trim();

  beforeAll(async () => {
    // The name server that the file names: a question for one that is away takes seconds.
    const own = ['--listen-address=127.0.0.2', '--bind-interfaces', '--no-resolv', '--no-hosts'];
    const answer = '--address=/outside.example.org/192.0.2.99';
    host.launch('dnsmasq', ['--keep-in-foreground', '--conf-file=/dev/null', '--pid-file', ...own, answer]);
    await startWithEdge();
    project = host.project('netapp', file);
    await host.ok('up', ...project);
    // What runs in a container may take a moment until it listens.
    for (const [from, to] of [
      ['netapp-web-1', 'netapp-db-1'],
      ['netapp-web-1', 'netapp-db-2'],
      ['netapp-db-1', 'web'],
    ] as const)
      await until(`${to} serves`, async () => (await fetch(from, to)) === 'hello');
  });
  afterAll(async () => {
    for (const process of processes) process.kill('SIGKILL');
    await ovs?.stop();
    execFileSync('ip', ['link', 'del', uplink]);
  });

  test('finds its services by every name, from both sides', async () => {
    for (const name of ['db', 'store', 'netapp-db-1', 'netapp-db-2'])
      expect(await fetch('netapp-web-1', name)).toBe('hello');
    for (const name of ['web', 'netapp-web-1']) expect(await fetch('netapp-db-2', name)).toBe('hello');
  });

  test('finds by name who is on any of its networks, and only these', async () => {
    for (const [from, name] of [
      ['web', 'cache'],
      ['cache', 'web'],
    ])
      expect(await fetch(`netapp-${from}-1`, name ?? '')).toBe('hello');
    const asked = await host.run('podman', ['exec', 'netapp-db-1', 'getent', 'hosts', 'cache']);
    expect(asked.stdout).toBe('');
  });

  test('is joined to other hosts by its VLAN id, through the program that its file names', async () => {
    const { edge } = await host.json<NodeHealth>('node', 'status');
    expect(edge?.joined).toMatchObject([{ vlan: 12, network: 'netapp_lab' }]);
    const [lab] = JSON.parse(await host.ok('net', 'inspect', 'netapp_lab')) as [Network];
    expect(lab).toMatchObject({ vlan: 12, status: { program: { name: 'mute' } } });
  });

  test('publishes ports, and says so', async () => {
    expect(curl()).toBe('hello');
    expect(await host.ok('port', ...project, 'web', '80')).toContain('18080');
    expect(await host.ok('ps', ...project)).toContain('18080');
  });

  test('has a port of the host where none was named, and the address that was', async () => {
    const all = (await host.ok('port', ...project, 'web', '80')).trim().split('\n');
    const chosen = all.find((one) => /^0\.0\.0\.0:(49|5\d|6\d)\d{3}$/.test(one)) ?? '';
    for (const at of ['127.0.0.1:18082', chosen.replace('0.0.0.0', '127.0.0.1')])
      expect(execFileSync('curl', ['-sS', '-m', '5', `http://${at}/`], { encoding: 'utf8' })).toContain(
        'hello',
      );
    expect(all).toContain('127.0.0.1:18082');
  });

  test('has the addresses that the file gives it, of both families', async () => {
    const shown = host.podman('exec', 'netapp-web-1', 'busybox', 'ip', 'address', 'show', 'eth0');
    for (const address of ['10.77.0.2/24', 'fd77::7/64']) expect(shown).toContain(address);
    expect(await fetch('netapp-db-1', '[fd77::7]')).toBe('hello');
  });

  test('asks the name servers that the file names for what its network does not know', () => {
    const asked = (name: string) => host.podman('exec', 'netapp-web-1', 'getent', 'hosts', name);
    for (const name of ['outside.example.org', 'outside']) expect(asked(name)).toContain('192.0.2.99');
  });

  test('has one-offs, which leave nothing on the network', async () => {
    const asked = ['busybox', 'wget', '-q', '-O', '-', 'http://db/'];
    const [, name = '', , path = ''] = project;
    const said = await host.ok('run', '-T', '--rm', '--project-name', name, '-f', path, 'web', ...asked);
    expect(said).toContain('hello');
    expect(await host.ok('endpoint', 'ls', 'netapp_lab')).not.toContain('-run-');
  });

  test('shares a network that heddle net has made with whoever is on it, and leaves it', async () => {
    await host.ok('net', 'create', 'outer');
    const outer = file
      .replace('scale: 2', 'scale: 1')
      .replace(/ +ports:.*\n.*\n/, '    networks: [lab]\n')
      .replace(/ {4}ipam.*\n.*\n/, '    { name: outer, external: true }\n');
    const other = host.project('netext', outer);
    await host.ok('up', ...other);
    await until('it serves', async () => (await fetch('netext-web-1', 'db')) === 'hello');
    await host.ok('down', ...other);
    expect(await host.ok('net', 'ls')).toContain('outer');
    await host.ok('net', 'rm', 'outer');
  });

  test('is in the networks of the host, and of nobody else', async () => {
    expect(await host.ok('net', 'ls')).toContain('netapp_lab');
    expect(host.podman('network', 'ls', '--format', '{{.Name}}')).not.toContain('netapp');
  });

  test('is as it should be, and nothing is planned', async () => {
    expect(await host.json('plan', ...project)).toEqual([]);
  });

  test('gets its endpoint again when its sandbox was started again', async () => {
    await host.restartContainer('netapp-web-1.sandbox');
    await until('its port answers', () => curl() === 'hello');
    await until('it finds others', async () => (await fetch('netapp-web-1', 'db')) === 'hello');
  });

  test('becomes one on a network of another archetype while it runs, and its connections stay', async () => {
    ovs = await startOvs();
    await until('it runs again', async () => (await host.json<unknown[]>('plan', ...project)).length === 0);
    const web = host.podman('inspect', '-f', '{{.State.Pid}}', 'netapp-web-1').trim();
    const [endpoint] = (await host.json<Endpoint[]>('endpoint', 'ls', 'netapp_lab')).filter(
      ({ name }) => name === 'netapp-web-1',
    );
    const [address = ''] = (endpoint?.options['addresses'] ?? []) as string[];
    processes.push(await echoing(`/proc/${web}/ns/net`, 81));
    const stream = await streaming(undefined, address, 81);
    processes.push(stream);
    const lives = ['netapp-web-1', 'netapp-db-1', 'netapp-web-1.sandbox'].map((name) => host.lifeOf(name));
    for (const archetype of ['sdn', 'ip']) {
      host.project('netapp', file.replace('archetype: ip', `archetype: ${archetype}`));
      const steps = await host.json<{ id: string; reason: string }[]>('plan', ...project);
      expect(steps.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
        expect.stringMatching(/^switchNetwork netapp_lab: .*: containers, addresses and connections stay$/),
      ]);
      await stream.report();
      expect(await host.ok('up', ...project)).not.toContain('Created');
      expect(await host.ok('net', 'ls')).toMatch(new RegExp(`netapp_lab +${archetype}`));
      const { longest } = await stream.goesOn();
      console.log(`to ${archetype}: the connection waited ${longest} ms`);
      expect(await host.json('plan', ...project)).toEqual([]);
      expect(await differences(project)).toEqual([]);
      for (const name of ['db', 'cache']) expect(await fetch('netapp-web-1', name)).toBe('hello');
    }
    expect(lives).toEqual(
      ['netapp-web-1', 'netapp-db-1', 'netapp-web-1.sandbox'].map((name) => host.lifeOf(name)),
    );
    expect(curl()).toBe('hello');
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect(leftovers()).toEqual([]);
    expect(await host.ok('net', 'ls')).not.toContain('netapp');
  });
});

test('what needs IP is refused on a network without, with its place', async () => {
  const file = `
services:
  web: { ${tiny}, networks: [wire], x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, networks: [lan] }
networks:
  wire: { x-heddle: { archetype: linux } }
  lan: { x-heddle: { archetype: ipx } }
`;
  const { code, stderr } = await host.heddle('spec', ...host.project('netbad', file));
  expect(code).not.toBe(0);
  expect(stderr).toContain('flows needs IP, and web is on wire, whose archetype linux carries none');
  expect(stderr).toMatch(/netbad\.yaml:7:\d+.*ERR_ARCHETYPE_UNKNOWN.*"ipx": there are linux, ip,.* engine/);
});
