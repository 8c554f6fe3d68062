import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { ShownStep } from '../../../src/deploy/plan/shown.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { expectError } from '../../support/expect-error.ts';
import type { SiteHost } from '../../support/site-host.ts';
import { SitesLab } from '../../support/sites-lab.ts';
import { until } from '../../support/until.ts';

const lab = new SitesLab({ hosts: { one: 'podman', two: 'docker' } });
const [one, two] = [lab.host('one'), lab.host('two')];

const image = 'image: localhost/heddle-test/tiny, init: true, stop_grace_period: 1s';
const says = (what: string) => `command: sh -c "echo ${what}; exec busybox httpd -f -p 80 -h /www"`;
const wire = `${image}, network_mode: none`;
/** web at one site and db at the other, and between them a function at each. */
const shop = (mode = 'a') => `
services:
  web:
    { ${image}, ${says('web is here')}, networks: [lab], environment: { MODE: ${mode} }, depends_on: { db: { condition: service_healthy } }, x-heddle: { place: one } }
  db:
    { ${image}, ${says('db is there')}, networks: [lab], environment: { MODE: ${mode} }, healthcheck: { test: [CMD, "true"], interval: 1s }, x-heddle: { place: two } }
  fw: { ${wire}, x-heddle: { place: one, function: wire } }
  ids: { ${wire}, x-heddle: { place: two, function: wire } }
networks:
  lab: { ipam: { config: [{ subnet: 10.77.0.0/24 }] }, x-heddle: { archetype: ip, vlan: 100 } }
x-heddle:
  chains: [{ name: shop, from: web, to: db, match: { ports: [80/tcp] }, through: [fw, ids] }]
`;
let project: string[];
const of = ['-p', 'shop'];

beforeAll(async () => {
  await lab.start();
  project = one.project('shop', shop());
  await two.have(...two.project('shop', shop()));
});
afterAll(() => lab.remove());

const asks = (host: SiteHost, service: string, name: string) =>
  host.container('exec', `shop-${service}-1`, 'nc', '-z', '-w', '3', name, '80');
const reaches = (host: SiteHost, service: string, name: string) =>
  until(`${service} reaches ${name}`, () => {
    asks(host, service, name);
    return true;
  });
const servicesOn = async (host: SiteHost) =>
  (await host.json<ContainerStatus[]>('ps', ...of))
    .filter(({ role }) => role === 'application')
    .map(({ service, node, state }) => [service, node, state]);

describe('one file over two sites, at Podman and at Docker', () => {
  test('is planned by both, and brought up by one command', async () => {
    const steps = await one.json<ShownStep[]>('plan', ...project);
    const nodeOf = (id: string) => steps.find((step) => step.id.endsWith(id))?.node;
    expect(nodeOf('createContainer shop-web-1')).toBe('one');
    expect(nodeOf('createContainer shop-db-1')).toBe('two');
    await one.ok('up', ...project);
    await reaches(one, 'web', 'db');
    await reaches(two, 'db', 'web');
    expect(one.container('ps', '--format', '{{.Names}}')).not.toContain('shop-db-1');
    expect(two.container('ps', '--format', '{{.Names}}')).not.toContain('shop-web-1');
  });

  test('started in the order of its needs', () => {
    const since = (host: SiteHost, name: string) =>
      Date.parse(
        host.container('inspect', name, '--format', '{{json .State.StartedAt}}').replaceAll('"', ''),
      );
    expect(since(one, 'shop-web-1')).toBeGreaterThan(since(two, 'shop-db-1'));
  });

  test('is shown whole by each node, and nothing is left to do', async () => {
    const all = [
      ['db', 'two', 'running'],
      ['fw', 'one', 'running'],
      ['ids', 'two', 'running'],
      ['web', 'one', 'running'],
    ];
    for (const host of [one, two]) expect(await servicesOn(host)).toEqual(expect.arrayContaining(all));
    expect(await one.json('plan', ...project)).toEqual([]);
    expect(await two.json('plan', ...two.project('shop', shop()))).toEqual([]);
    const logs = await two.ok('logs', ...of);
    for (const line of ['web is here', 'db is there']) expect(logs).toContain(line);
  });

  test('has programs run in its containers from the other site, with streams, codes and terminals', async () => {
    const command = ['sh', '-c', 'echo out; echo err >&2; cat /etc/hostname >&2; exit 42'];
    const ended = await one.heddle('exec', ...of, 'db', ...command);
    expect(ended).toMatchObject({ code: 42, stdout: 'out\n', stderr: expect.stringMatching(/^err\n/) });
    const bytes = `${one.folder}/bytes`;
    const sum = `head -c 5000000 /dev/urandom > ${bytes}; sha256sum < ${bytes}; ${one.command} exec ${of.join(' ')} -T db sha256sum < ${bytes}`;
    const [here, there] = (await one.run('sh', ['-c', sum])).stdout.trim().split('\n');
    expect(there).toBe(here);
    const isOf = (size: string) => `while [ "$(stty size)" != "${size}" ]; do sleep 0.1; done`;
    const wait = `${isOf('31 97')}; echo known; ${isOf('40 90')}; exit 9`;
    const line = `stty rows 31 cols 97; tty; ${one.command} exec ${of.join(' ')} db sh -c '${wait}'`;
    const running = one.launch('script', ['-qec', line, '/dev/null']);
    await until('the command knows its size', () => running.printed().includes('known'));
    const terminal = /\/dev\/pts\/\d+/.exec(running.printed())?.[0] ?? '';
    await one.run('stty', ['-F', terminal, 'rows', '40', 'cols', '90']);
    await until('the command has ended', () => running.exitCode() !== null);
    expect(running.exitCode()).toBe(9);
    // Who lets go ends what runs there.
    const yes = await two.run('sh', [
      '-c',
      `${two.command} exec ${of.join(' ')} web yes </dev/null | head -n 1`,
    ]);
    expect(yes).toEqual({ code: 0, stdout: 'y\n', stderr: '' });
    const programs = () => one.container('exec', 'shop-web-1', 'sh', '-c', 'cat /proc/[0-9]*/comm');
    await until('the command has ended, too', () => !programs().split('\n').includes('yes'));
    const unknown = await one.heddle('exec', ...of, '--index', '2', 'db', 'true');
    expect(expectError(unknown, 'ERR_SERVICE_NOT_RUNNING')).toContain('node two: replica 2 of service "db"');
  });

  test('has files copied, and what it uses shown, from the other site', async () => {
    const [file, back] = ['sent', 'back'].map((name) => `${one.folder}/${name}`);
    await one.run('sh', ['-c', `echo over the link > ${file}`]);
    await one.ok('cp', ...of, file ?? '', 'db:/tmp/sent');
    expect(two.container('exec', 'shop-db-1', 'cat', '/tmp/sent')).toBe('over the link');
    await one.ok('cp', ...of, 'db:/tmp/sent', back ?? '');
    expect((await one.run('cat', [back ?? ''])).stdout).toBe('over the link\n');
    for (const host of [one, two]) {
      for (const command of [['stats', '--no-stream'], ['top'], ['images'], ['inspect']]) {
        const said = await host.ok(...command, ...of, '--format', 'json');
        for (const name of ['shop-web-1', 'shop-db-1'])
          expect([command, said]).toEqual([command, expect.stringContaining(name)]);
      }
    }
    const unpublished = await one.heddle('port', ...of, 'db', '80');
    expect(expectError(unpublished, 'ERR_PORT_UNPUBLISHED')).toContain('shop-db-1');
  });

  test('has its containers paused, killed and waited for from the other site', async () => {
    const paused = () => two.container('inspect', 'shop-db-1', '--format', '{{.State.Paused}}');
    await one.ok('pause', ...of, 'db');
    expect(paused()).toBe('true');
    await one.ok('unpause', ...of, 'db');
    expect(paused()).toBe('false');
    const events = two.start('events', ...of);
    const attached = two.start('attach', ...of, '--no-stdin', 'web');
    const waiting = two.start('wait', ...of, 'web');
    const all = () => [attached, waiting].map((one) => one.exitCode());
    await until('it is attached to', () => {
      one.container('exec', 'shop-web-1', 'sh', '-c', 'echo joined > /proc/1/fd/1');
      return attached.printed().includes('joined');
    });
    await two.ok('kill', ...of, 'web');
    await until('both have seen its end', () => all().every((code) => code !== null));
    expect(waiting.exitCode()).toBe(137);
    await until('its end is told', () => /container (die|died) .*name=shop-web-1/.test(events.printed()));
    await events.end();
    await two.ok('start', ...of, 'web');
    await reaches(one, 'web', 'db');
  });

  test('has what runs once run where its service is, and ended with its client', async () => {
    // As Compose has it, `-p` of `run` is a port.
    const once = ['run', '--project-name', ...project.slice(1), '--rm', '-T', '-q', 'db'];
    const mode = await one.heddle(...once, 'sh', '-c', 'echo mode $MODE; exit 5');
    expect(mode).toMatchObject({ code: 5, stdout: 'mode a\n' });
    const running = one.start(...once, 'sleep', '600');
    const names = () => two.container('ps', '-a', '--format', '{{.Names}}');
    await until('it runs there', () => names().includes('shop-db-run-'));
    await running.end('SIGKILL');
    await until('it is gone', () => !names().includes('-run-'));
    expect(one.container('ps', '-a', '--format', '{{.Names}}')).not.toContain('-run-');
  });

  test('has its chain led at both sites, and proven', async () => {
    for (const host of [one, two]) {
      const chains = await host.json<ChainStatus[]>('chain', 'prove', ...of);
      expect(chains.map(({ node, through, state }) => [node, through, state])).toEqual([
        ['one', ['fw'], 'proven'],
        ['two', ['ids'], 'proven'],
      ]);
    }
  });

  test('passes nothing to the other site while a function there is stopped', async () => {
    await one.ok('stop', ...of, 'ids');
    expect(() => asks(one, 'web', 'db')).toThrow();
    await one.ok('start', ...of, 'ids');
    await reaches(one, 'web', 'db');
  });

  test('goes on at a site that is cut off, and what was changed meanwhile is made there when it is back', async () => {
    const life = two.lifeOf('shop-db-1');
    lab.cut('two', true);
    await until('it is away', async () =>
      (await one.json<ContainerStatus[]>('ps', ...of)).some(
        ({ service, state }) => service === 'db' && state === 'unknown',
      ),
    );
    one.project('shop', shop('b'));
    expect(await one.json('plan', ...project)).not.toEqual([]);
    expect(expectError(await one.heddle('up', ...project), 'ERR_NODE_AWAY')).toContain('node two');
    expect(two.lifeOf('shop-db-1')).toBe(life);
    lab.cut('two', false);
    await until('db is as the file says', () =>
      two.container('inspect', 'shop-db-1', '--format', '{{json .Config.Env}}').includes('MODE=b'),
    );
    await until('all is done', async () => (await one.json<unknown[]>('plan', ...project)).length === 0);
    await reaches(one, 'web', 'db');
  });

  test('is brought up to date after its node was killed in the middle', async () => {
    one.project('shop', shop('c'));
    const up = one.start('up', ...project);
    await until('it is under way', () => up.printed().includes('on two'));
    await one.killNode();
    await up.end();
    await one.startNode();
    await until(
      'it has gone on by itself',
      async () => (await one.json<unknown[]>('plan', ...project)).length === 0,
    );
    await reaches(one, 'web', 'db');
  });

  test('has a service at another site when its file says so, and not at both', async () => {
    one.project('shop', shop('c').replaceAll('place: two', 'place: one'));
    await one.ok('up', ...project);
    expect(two.container('ps', '-a', '--format', '{{.Names}}')).toBe('');
    await reaches(one, 'web', 'db');
    one.project('shop', shop('c'));
    await one.ok('up', ...project);
    expect(one.container('ps', '-a', '--format', '{{.Names}}')).not.toContain('shop-db-1');
    await reaches(one, 'web', 'db');
  });

  test('refuses what cannot be', async () => {
    const apart = two.project('shop', shop().replace('place: two, function', 'place: rome, function'));
    expect(expectError(await two.heddle('up', ...apart), 'ERR_PLACE_IMPOSSIBLE')).toContain(
      'chains.0.through.1: ids is placed at rome',
    );
    const wrong = two.project('shop', shop().replaceAll('place: two', 'place: rome'));
    expect(expectError(await two.heddle('up', ...wrong), 'ERR_SITE_UNKNOWN')).toContain('there are one, two');
    const engines = two.project(
      'shop',
      shop().replace('x-heddle: { archetype: ip, vlan: 100 }', 'driver: bridge'),
    );
    expect(expectError(await two.heddle('up', ...engines), 'ERR_PLACE_IMPOSSIBLE')).toContain('networks.lab');
  });

  test('is taken down by one command, from anywhere', async () => {
    await two.ok('down', ...of);
    for (const host of [one, two]) expect(host.leftovers('shop')).toEqual([]);
    expect(await one.json('net', 'ls')).toEqual([]);
  });
});
