import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { EdgeListing } from '../../../src/edge/sources/engine/record.ts';
import { connect } from '../../../src/engines/docker-api/connect.ts';
import type { FirewallReport } from '../../../src/features/firewall/contract.ts';
import type { FlowRecord } from '../../../src/features/flows/contract.ts';
import type { LatencyRecord } from '../../../src/features/latency/contract.ts';
import type { InterfaceRecord, ProcessRecord } from '../../../src/features/snmp/records.ts';
import type { InspectRecord } from '../../../src/monitor/inspect/record.ts';
import { DockerHost } from '../../support/docker-host.ts';
import { installedCommand, root } from '../../support/installed.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const guard = 'firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] }';
const text = `
services:
  web: { ${tiny}, init: true, restart: always, ports: ["127.0.0.1:18210-18212:80"], networks: [inside, outside], depends_on: { db: { condition: service_healthy } },
    x-heddle: { manage: { flows: true, snmp: true }, edge: true } }
  db: { ${tiny}, init: true, restart: always, ports: ["18213:80"], networks: { inside: { aliases: [database] } }, volumes: ["data:/data"], secrets: [password], configs: [settings],
    healthcheck: { test: ["CMD", "busybox", "wget", "-q", "-O", "/dev/null", "http://localhost/"], interval: 1s },
    x-heddle: { manage: { snmp: true, ${guard} }, edge: true } }
  stranger: { ${tiny}, init: true, networks: [inside, outside], cap_add: [NET_ADMIN, NET_RAW] }
x-heddle: { manage: { latency: [{ from: web, to: db, every: 50ms }] } }
networks:
  inside: { enable_ipv6: true, ipam: { config: [{ subnet: 10.96.1.0/24 }, { subnet: "fd96:1::/64" }] } }
  outside: {}
volumes: { data: {} }
secrets: { password: { environment: HOME } }
configs: { settings: { content: "mode=test" } }
`;
const modes = (context: string) => `
services:
  owner: { ${tiny}, init: true, networks: { default: { ipv4_address: 10.96.2.9, mac_address: "02:00:00:00:96:02" } } }
  guest: { ${tiny}, init: true, command: [sleep, infinity], network_mode: "service:owner" }
  host: { ${tiny}, init: true, command: [sleep, infinity], network_mode: host }
  alone: { ${tiny}, init: true, network_mode: none }
  old: { ${tiny}, init: true, network_mode: bridge, ports: ["127.0.0.1:18214:80"] }
  built: { build: ${context}, init: true, command: [sleep, infinity] }
networks: { default: { ipam: { config: [{ subnet: 10.96.2.0/24 }] } } }
`;

describe('Docker', () => {
  const host = new DockerHost();
  let project: string[];
  let specified: string[];
  const exec = (service: string, ...command: string[]) =>
    host.run('docker', ['exec', `dkmain-${service}-1`, ...command]);
  const reaches = async (service: string, address: string, port = 80) =>
    (await exec(service, 'nc', '-z', '-w', '1', address, String(port))).code === 0;
  const answers = async (port: number) =>
    (await host.run('curl', ['-s', '-m', '2', `http://127.0.0.1:${port}`])).stdout === 'hello\n';
  const inspect = (name: string, format: string) => host.docker('inspect', '--format', format, name);
  const address = (service: string, family: 'IPAddress' | 'GlobalIPv6Address') =>
    inspect(`dkmain-${service}-1.sandbox`, `{{(index .NetworkSettings.Networks "dkmain_inside").${family}}}`);
  const settled = () =>
    until('all is as it was', async () =>
      (await host.heddle('plan', ...project)).stdout.includes('as its file says'),
    );

  beforeAll(async () => {
    specified = await host.prepare('dkmain', text);
    project = host.project('dkmain', text);
    await host.ok('up', ...project, '--engine', 'docker');
  });
  afterAll(() => host.remove());

  test('runs what is specified, as Podman does', async () => {
    const status = () => host.json<ContainerStatus[]>('ps', '--all', ...project);
    await until('Docker has checked the health', async () =>
      (await status()).some(({ health }) => health === 'healthy'),
    );
    const containers = await status();
    expect(containers.map(({ name }) => name).sort()).toEqual(specified);
    expect(containers.filter(({ state }) => state !== 'running')).toEqual([]);
    const database = containers.find(({ name }) => name === 'dkmain-db-1');
    expect(database).toMatchObject({
      health: 'healthy',
      ports: expect.arrayContaining(['0.0.0.0:18213->80/tcp']),
    });
  });

  test('shares what was declared, as the kernel sees it', async () => {
    const records = await host.json<InspectRecord[]>('inspect', ...project);
    expect(records.flatMap(({ name, differences }) => differences.map((one) => `${name}: ${one}`))).toEqual(
      [],
    );
    const sandboxes = /\.sandbox$/;
    expect(records.map(({ name }) => name).sort()).toEqual(specified.filter((name) => !sandboxes.test(name)));
    const agent = records.find(({ name }) => name === 'dkmain-web-1.flows.probe');
    expect(agent?.observed).toMatchObject({ sharing: 'network', capabilities: ['NET_RAW'] });
  });

  test('does nothing when it is asked a second time', async () => {
    expect((await host.heddle('up', ...project)).stderr.trim()).toBe('dkmain is as its file says');
    expect(await host.json('plan', ...project)).toEqual([]);
  });

  test('gives a service its names, ports, secrets and configs', async () => {
    expect(await answers(18210)).toBe(true);
    for (const name of ['db', 'database', 'dkmain-db-1']) expect(await reaches('web', name), name).toBe(true);
    expect((await exec('db', 'cat', '/run/secrets/password')).stdout).toBe(process.env['HOME']);
    expect((await exec('db', 'cat', '/settings')).stdout).toBe('mode=test');
    expect((await exec('web', 'hostname')).stdout.trim()).toBe('dkmain-web-1');
  });

  test('publishes at the edge what its owner says, where others reach it', async () => {
    const node = ['--unix-socket', `${host.runDir}/node.sock`, 'http://node/v1/edge/services'];
    const { services } = JSON.parse((await host.run('curl', ['-s', ...node])).stdout) as EdgeListing;
    const copies = services.map(({ service, copies: [copy] }) => [service, copy?.address, copy?.ports]);
    expect(copies).toEqual([
      ['web', address('web', 'IPAddress'), { 'tcp-80': 80 }],
      ['db', null, { 'tcp-80': 18_213 }],
    ]);
    expect(services.flatMap((service) => service.copies.map(({ ready }) => ready))).toEqual([true, true]);
  });

  test('shows flows, delays, interfaces and processes', async () => {
    const since = new Date(Date.now() - 1000).toISOString();
    await exec('web', 'busybox', 'wget', '-q', '-O', '/dev/null', 'http://db/');
    await until('the flow is shown', async () => {
      const filter = ['--since', since, '--filter', 'dst port 80'];
      const flows = await host.json<FlowRecord[]>('flows', ...project, ...filter);
      return flows.some(
        ({ source, destination }) => source.service === 'web' && destination.service === 'db',
      );
    });
    await until('a delay is measured', async () => {
      const [delay] = await host.json<LatencyRecord[]>('latency', 'web', 'db', ...project);
      return (delay?.loss ?? 100) < 50 && (delay?.sendDelay?.median ?? 0) > 0;
    });
    const interfaces = await host.json<InterfaceRecord[]>('snmp', 'web', ...project);
    expect(interfaces.map(({ name }) => name)).toEqual(expect.arrayContaining(['eth0', 'eth1']));
    const processes = await host.json<ProcessRecord[]>('snmp', 'processes', 'db', ...project);
    expect(processes.map((one) => `${one.name} ${one.arguments}`)).toContain(
      'busybox httpd -f -p 80 -h /www',
    );
  });

  test('lets nobody around a firewall: no other service, nor the host, over IPv4 and IPv6', async () => {
    for (const family of ['IPAddress', 'GlobalIPv6Address'] as const) {
      const database = address('db', family);
      expect(await reaches('web', database), family).toBe(true);
      expect(await reaches('stranger', database), family).toBe(false);
      const url = `http://${family === 'IPAddress' ? database : `[${database}]`}/`;
      expect((await host.run('curl', ['-s', '-m', '1', url])).code, family).not.toBe(0);
    }
    // Published, but from the host nobody is let in.
    expect(await answers(18213)).toBe(false);
    const web = address('web', 'IPAddress');
    const taken = await exec('stranger', 'ip', 'address', 'add', `${web}/24`, 'dev', 'eth0');
    expect(taken).toMatchObject({ code: 0 });
    const stolen = ['nc', '-z', '-w', '1', '-s', web, address('db', 'IPAddress'), '80'];
    expect((await exec('stranger', ...stolen)).code).not.toBe(0);
    await exec('stranger', 'ip', 'address', 'del', `${web}/24`, 'dev', 'eth0');
    await until('the denial is shown', async () => {
      const denied = await host.json<FirewallReport['denied']>('firewall', '--denied', ...project);
      return denied.some((denial) => denial.source.service === 'stranger' && denial.destination.port === 80);
    });
  });

  test('keeps agents and rules when containers end behind Heddle’s back', async () => {
    const probe = inspect('dkmain-web-1.flows.probe', '{{.Id}}');
    host.docker('restart', '-t', '1', 'dkmain-web-1');
    expect(inspect('dkmain-web-1.flows.probe', '{{.Id}}')).toBe(probe);
    const names = [
      'db-1',
      'db-1.firewall.guard',
      'db-1.sandbox',
      'db-1.firewall.sandbox',
      'web-1.flows.probe',
    ];
    for (const name of names) {
      host.docker('kill', `dkmain-${name}`);
      expect(await reaches('stranger', 'db'), name).toBe(false);
      await settled();
      await until(`web reaches db after the end of ${name}`, () => reaches('web', 'db'));
      expect(await reaches('stranger', 'db'), name).toBe(false);
    }
    await until('the agent answers again', async () => {
      const processes = await host.json<ProcessRecord[]>('snmp', 'processes', 'db', ...project);
      return processes.length > 0;
    });
  });

  test('takes a firewall away and puts it back without touching the service', async () => {
    const before = inspect('dkmain-db-1', '{{.State.Pid}}');
    host.project('dkmain', text.replace(`, ${guard}`, ''));
    await host.ok('up', ...project);
    expect(await reaches('stranger', 'db')).toBe(true);
    host.docker('exec', '-d', 'dkmain-db-1', 'sh', '-c', 'while sleep 0.1; do echo tick; done | nc -l -p 90');
    host.docker('exec', '-d', 'dkmain-web-1', 'sh', '-c', 'until nc db 90; do sleep 0.1; done > /tmp/ticks');
    const ticks = async () => Number((await exec('web', 'wc', '-l', '/tmp/ticks')).stdout.split(' ')[0]);
    await until('a connection is open', async () => (await ticks()) > 2);
    host.project('dkmain', text);
    await host.ok('up', ...project);
    const inserted = await ticks();
    await until('the connection goes on through the firewall', async () => (await ticks()) > inserted + 5);
    expect(await reaches('stranger', 'db')).toBe(false);
    expect(inspect('dkmain-db-1', '{{.State.Pid}}')).toBe(before);
  });

  test('every day’s commands work as on Podman', async () => {
    const heddle = (...args: string[]) => host.heddle(...project, ...args);
    const ok = (...args: string[]) => host.ok(...project, ...args);
    expect(await ok('port', 'db', '80')).toContain('0.0.0.0:18213\n');
    expect(await ok('top', 'db')).toMatch(/^db +1 .*busybox httpd/m);
    expect((await host.json<{ name: string }[]>(...project, 'stats', '--no-stream', 'db'))[0]?.name).toBe(
      'dkmain-db-1',
    );
    await ok('pause', 'stranger');
    expect(inspect('dkmain-stranger-1', '{{.State.Status}}')).toBe('paused');
    await ok('unpause', 'stranger');
    await ok('cp', 'web:/www', host.folder);
    await ok('cp', `${host.folder}/www/index.html`, 'stranger:/tmp/copied');
    expect((await exec('stranger', 'cat', '/tmp/copied')).stdout).toBe('hello\n');
    expect((await heddle('cp', 'web:/nowhere', host.folder)).stderr).toContain('ERR_FILE_NOT_FOUND');
    const once = await heddle('run', '--rm', '-q', '-T', 'web', 'sh', '-c', 'nc -z -w 2 db 80 && exit 7');
    expect(once, 'a one-off of web is let in as web is').toMatchObject({ code: 7, stderr: '' });
    expect(
      (await heddle('run', '--rm', '-q', '-T', 'stranger', 'nc', '-z', '-w', '1', 'db', '80')).code,
    ).toBe(1);
    const line = `echo typed | ${installedCommand} ${project.join(' ')} run --rm -q -T stranger cat`;
    expect((await host.run('sh', ['-c', line])).stdout).toBe('typed\n');
    expect(host.docker('ps', '-aq', '--filter', 'name=-run-')).toBe('');
    const waiting = host.start(...project, 'wait', 'stranger');
    const happened = host.start(...project, 'events', '--json', 'stranger');
    await until('events are told', async () => {
      host.docker('kill', '--signal', 'CONT', 'dkmain-stranger-1');
      return happened.printed().includes('"action":"kill"');
    });
    await ok('kill', 'stranger');
    await until('wait has ended', () => waiting.exitCode() === 137);
    await ok('rm', '-f', 'stranger');
    expect((await host.json<ContainerStatus[]>(...project, 'ps', '-a', 'stranger')).length).toBe(0);
    await ok('up', '-d');
  });

  test('scales a service with its agents, and lets its new replica in', async () => {
    await host.ok('up', ...project, '--scale', 'web=2');
    expect(await answers(18211)).toBe(true);
    expect(inspect('dkmain-web-2.flows.probe', '{{.State.Running}}')).toBe('true');
    expect((await host.run('docker', ['exec', 'dkmain-web-2', 'nc', '-z', '-w', '1', 'db', '80'])).code).toBe(
      0,
    );
  });

  test('leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('dkmain')).toEqual([]);
  });

  test('is reached over TLS with the certificates that Docker’s own client takes', async () => {
    const { address, certificates } = host.dockerd.tls;
    const code = `const { connect } = await import('${root}/src/engines/docker-api/connect.ts'); console.log((await connect('${address}')).kind)`;
    const ask = (folder: string) => {
      const variables = ['DOCKER_TLS_VERIFY=1', `DOCKER_CERT_PATH=${folder}`];
      return host.run('env', [...variables, process.execPath, '--input-type=module', '-e', code]);
    };
    expect(await ask(certificates)).toMatchObject({ code: 0, stdout: 'docker\n' });
    expect((await ask(host.folder)).stderr).toContain(`${host.folder}/ca.pem: ENOENT`);
  });

  test('pulls with what `docker login` has left', async () => {
    // A registry of which no more is there than its lock; Docker asks one on the loopback without TLS.
    const registry = `require('node:http').createServer((request, response) => {
      console.log(request.headers.authorization ?? 'nobody');
      response.writeHead(request.headers.authorization ? 404 : 401, { 'WWW-Authenticate': 'Basic realm="a"' }).end();
    }).listen(5000, '127.0.0.1', () => console.log('ready'))`;
    const running = host.launch(...host.dockerd.inside(process.execPath, '-e', registry));
    await until('the registry listens', () => running.printed().includes('ready'));
    const auth = Buffer.from('ann:secret').toString('base64');
    mkdirSync(host.dockerd.config);
    const file = path.join(host.dockerd.config, 'config.json');
    writeFileSync(file, JSON.stringify({ auths: { '127.0.0.1:5000': { auth } } }));
    const locked = host.project('dkpull', 'services: { web: { image: "127.0.0.1:5000/team/web" } }');
    const { code, stdout, stderr } = await host.heddle('pull', ...locked);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('ERR_') });
    expect(running.printed()).toContain(`Basic ${auth}`);
    expect(stdout + stderr + host.nodeLog()).not.toMatch(/secret|YW5uOnNlY3JldA/);
  });

  test('imports an archive as an image, as the base is made where there is no registry', async () => {
    const engine = await connect(host.dockerd.address);
    const archive = spawn('tar', ['-C', path.join(root, 'test/images/tiny'), '-c', '.']);
    const id = await engine.images.import(archive.stdout, () => {});
    await engine.images.tag(id, 'localhost/dkmode/base:test');
    expect((await engine.images.find('localhost/dkmode/base:test'))?.id).toBe(id.replace('sha256:', ''));
  });

  test('builds images, and gives services the network that they ask for', async () => {
    const context = path.join(host.folder, 'context');
    mkdirSync(context);
    writeFileSync(path.join(context, 'greeting'), 'built by Docker');
    writeFileSync(
      path.join(context, 'Dockerfile'),
      'FROM localhost/heddle-test/tiny\nCOPY greeting /greeting\n',
    );
    const others = host.project('dkmode', modes(context));
    await host.ok('up', ...others);
    const links = (service: string) =>
      host.docker('exec', `dkmode-${service}-1`, 'ip', '-4', '-brief', 'address');
    expect(links('owner')).toContain('10.96.2.9/24');
    expect(links('guest')).toBe(links('owner'));
    expect(host.docker('exec', 'dkmode-owner-1', 'cat', '/sys/class/net/eth0/address')).toBe(
      '02:00:00:00:96:02',
    );
    expect(links('host')).toContain('docker0');
    expect(links('alone').split('\n')).toHaveLength(1);
    expect(await answers(18214)).toBe(true);
    expect(host.docker('exec', 'dkmode-built-1', 'cat', '/greeting')).toBe('built by Docker');
    host.docker('create', '--name', 'dkmode-other', 'localhost/dkmode-built');
    const { stderr } = await host.heddle('down', ...others, '--rmi', 'local');
    expect(stderr).toMatch(/✔ Image localhost\/dkmode-built {2}Stays: dkmode-other uses it/);
    host.docker('rm', 'dkmode-other');
    expect(host.leftovers('dkmode')).toEqual([]);
  });
});
