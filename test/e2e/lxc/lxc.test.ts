import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { FirewallReport } from '../../../src/features/firewall/contract.ts';
import type { FlowRecord } from '../../../src/features/flows/contract.ts';
import type { LatencyRecord } from '../../../src/features/latency/contract.ts';
import type { InterfaceRecord, ProcessRecord } from '../../../src/features/snmp/records.ts';
import type { InspectRecord } from '../../../src/monitor/inspect/record.ts';
import type { JobStatus } from '../../../src/monitor/jobs/status.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { expectError } from '../../support/expect-error.ts';
import { installedCommand } from '../../support/installed.ts';
import { LxcHost } from '../../support/lxc-host.ts';
import { shellJob } from '../../support/shell-job.ts';
import { tiny, tinyImage } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

// The same Compose files as on other engines, by LXC: what it says that it can, it does; the rest it refuses.

const host = new LxcHost();
afterAll(() => host.remove());

const guard = 'firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] }';
const text = `
services:
  web: { ${tiny}, init: true, restart: always, stop_grace_period: 1s, ports: ["127.0.0.1:18310-18312:80"], depends_on: { db: { condition: service_healthy } },
    x-heddle: { manage: { flows: true, snmp: true } } }
  db: { ${tiny}, init: true, restart: always, stop_grace_period: 1s, networks: { default: { aliases: [database] } }, volumes: ["data:/data", "page:/www"], secrets: [password], configs: [settings],
    healthcheck: { test: ["CMD", "busybox", "wget", "-q", "-O", "/dev/null", "http://localhost/"], interval: 1s },
    x-heddle: { manage: { snmp: true, ${guard} } } }
  stranger: { ${tiny}, init: true, stop_grace_period: 1s }
x-heddle: { manage: { latency: [{ from: web, to: db, every: 50ms }] } }
volumes: { data: {}, page: {} }
secrets: { password: { environment: HOME } }
configs: { settings: { content: "mode=test" } }
`;

describe('an application with features', () => {
  let shop: string[];
  const reaches = (service: string, name: string) =>
    until(`${service} reaches ${name}`, () => tries(service, name)).then(() => true);
  const tries = (service: string, name: string): boolean => {
    try {
      host.inside(`lxmain-${service}-1`, 'nc', '-z', '-w', '1', name, '80');
      return true;
    } catch {
      return false;
    }
  };
  beforeAll(async () => {
    shop = host.project('lxmain', text);
    await host.up(...shop);
  });

  test('runs as its file says, and a second time there is nothing to do', async () => {
    const containers = await host.json<ContainerStatus[]>('ps', '--all', ...shop);
    expect(containers.filter(({ state }) => state !== 'running')).toEqual([]);
    const db = containers.find(({ name }) => name === 'lxmain-db-1');
    expect(db?.health).toBe('healthy');
    expect((await host.heddle('up', '-d', ...shop)).stderr.trim()).toBe('lxmain is as its file says');
    const node = await host.heddle('node', 'status');
    expect(node.stdout).toMatch(/lxc 5/);
  });

  test('shares what was declared, as the kernel sees it', async () => {
    const records = await host.json<InspectRecord[]>('inspect', ...shop);
    expect(records.flatMap(({ name, differences }) => differences.map((one) => `${name}: ${one}`))).toEqual(
      [],
    );
    const probe = records.find(({ name }) => name === 'lxmain-web-1.flows.probe');
    expect(probe?.observed).toMatchObject({ sharing: 'network', capabilities: ['NET_RAW'] });
  });

  test('gives a service its names, ports, secrets, configs, and volumes with what the image has there', async () => {
    for (const name of ['db', 'database', 'lxmain-db-1']) expect(await reaches('web', name), name).toBe(true);
    expect((await host.run('curl', ['-s', '-m', '2', 'http://127.0.0.1:18310'])).stdout).toBe('hello\n');
    expect(host.inside('lxmain-db-1', 'cat', '/run/secrets/password')).toBe(process.env['HOME']);
    expect(host.inside('lxmain-db-1', 'cat', '/settings')).toBe('mode=test');
    expect(host.inside('lxmain-web-1', 'hostname').trim()).toBe('lxmain-web-1');
    expect(host.inside('lxmain-db-1', 'cat', '/www/index.html')).toBe('hello\n');
  });

  test('shows flows, delays, interfaces and processes', async () => {
    await until('the flow is shown', async () => {
      host.inside('lxmain-web-1', 'busybox', 'wget', '-q', '-O', '/dev/null', 'http://db/');
      const flows = await host.json<FlowRecord[]>('flows', ...shop, '--filter', 'dst port 80');
      return flows.some(
        ({ source, destination }) => source.service === 'web' && destination.service === 'db',
      );
    });
    await until('a delay is measured', async () => {
      const [delay] = await host.json<LatencyRecord[]>('latency', 'web', 'db', ...shop);
      return (delay?.loss ?? 100) < 50 && (delay?.sendDelay?.median ?? 0) > 0;
    });
    const interfaces = await host.json<InterfaceRecord[]>('snmp', 'web', ...shop);
    expect(interfaces.map(({ name }) => name)).toContain('eth0');
    const processes = await host.json<ProcessRecord[]>('snmp', 'processes', 'db', ...shop);
    expect(processes.map((one) => `${one.name} ${one.arguments}`)).toContain(
      'busybox httpd -f -p 80 -h /www',
    );
  });

  test('lets nobody around a firewall', async () => {
    expect(await reaches('web', 'db')).toBe(true);
    expect(tries('stranger', 'db')).toBe(false);
    await until('the denial is shown', async () => {
      const denied = await host.json<FirewallReport['denied']>('firewall', '--denied', ...shop);
      return denied.some(
        ({ source, destination }) => source.service === 'stranger' && destination.port === 80,
      );
    });
  });

  test('comes back when containers end behind Heddle’s back', async () => {
    for (const name of ['db-1', 'db-1.sandbox', 'db-1.firewall.guard', 'web-1.flows.probe']) {
      const before = host.info(`lxmain-${name}`, 'pid');
      host.killInside(`lxmain-${name}`);
      await until(`${name} is back`, () => !['', '-1', before].includes(host.info(`lxmain-${name}`, 'pid')));
      await until(`all is as it was after the end of ${name}`, async () =>
        (await host.heddle('plan', ...shop)).stdout.includes('as its file says'),
      );
      expect(await reaches('web', 'db'), name).toBe(true);
      expect(tries('stranger', 'db'), name).toBe(false);
    }
  });

  test('goes on when the node is killed, and what ended meanwhile comes back', async () => {
    const pid = host.info('lxmain-web-1', 'pid');
    await host.killNode();
    expect(host.info('lxmain-web-1', 'pid')).toBe(pid);
    host.killInside('lxmain-web-1.flows.probe');
    await host.ok('ps', ...shop);
    await until('what ended is back', () => host.info('lxmain-web-1.flows.probe', 'state') === 'RUNNING');
    expect(host.info('lxmain-web-1', 'pid')).toBe(pid);
  });

  test('every day’s commands work', async () => {
    const ok = (...args: string[]) => host.ok(...shop, ...args);
    expect(await ok('port', 'web', '80')).toContain('127.0.0.1:18310\n');
    expect(await ok('top', 'db')).toMatch(/^db +1 .*busybox httpd/m);
    expect((await host.json<{ name: string }[]>(...shop, 'stats', '--no-stream', 'db'))[0]?.name).toBe(
      'lxmain-db-1',
    );
    await ok('pause', 'stranger');
    expect(host.info('lxmain-stranger-1', 'state')).toBe('FROZEN');
    await ok('unpause', 'stranger');
    await ok('cp', 'web:/www', host.folder);
    await ok('cp', `${host.folder}/www/index.html`, 'stranger:/tmp/copied');
    expect(host.inside('lxmain-stranger-1', 'cat', '/tmp/copied')).toBe('hello\n');
    expect((await host.heddle(...shop, 'cp', 'web:/nowhere', host.folder)).stderr).toContain(
      'ERR_FILE_NOT_FOUND',
    );
    const once = await host.heddle(
      ...shop,
      'run',
      '--rm',
      '-q',
      '-T',
      'web',
      'sh',
      '-c',
      'echo said; exit 7',
    );
    expect(once).toMatchObject({ code: 7, stdout: 'said\n', stderr: '' });
    const line = `echo typed | ${installedCommand} ${shop.join(' ')} run --rm -q -T stranger cat`;
    expect((await host.run('sh', ['-c', line])).stdout).toBe('typed\n');
    expect(readdirSync(host.containers).filter((name) => name.includes('-run-'))).toEqual([]);
    const there = ['exec', '-T', '-u', 'www-data', '-w', '/tmp', '-e', 'A=b c', 'stranger'];
    expect(await ok(...there, 'sh', '-c', 'id -un; pwd; echo "$A"')).toBe('www-data\n/tmp\nb c\n');
    expect((await host.heddle(...shop, 'exec', '-T', 'stranger', 'sh', '-c', 'exit 9')).code).toBe(9);
    const happened = host.start(...shop, 'events', '--json', 'stranger');
    const waiting = host.start(...shop, 'wait', 'stranger');
    await until('both watch', async () => {
      await ok('kill', '-s', 'CONT', 'stranger');
      return true;
    });
    await ok('kill', 'stranger');
    await until('wait has ended', () => waiting.exitCode() === 137);
    await until('events are told', () => happened.printed().includes('"action":"die"'));
    await ok('up', '-d');
  });

  test('scales a service with its agents', async () => {
    await host.ok('up', '-d', ...shop, '--scale', 'web=2');
    expect(host.info('lxmain-web-2.flows.probe', 'state')).toBe('RUNNING');
    expect((await host.run('curl', ['-s', '-m', '2', 'http://127.0.0.1:18311'])).stdout).toBe('hello\n');
  });

  test('leaves nothing behind', async () => {
    await host.ok('down', ...shop, '--volumes');
    expect(host.leftovers('lxmain')).toEqual([]);
  });
});

const modes = (context: string) => `
services:
  owner: { ${tiny}, stop_grace_period: 1s, networks: { default: { ipv4_address: 10.97.2.9 } }, command: [sh, -c, "echo first; echo second >&2; printf third; sleep 1000"] }
  guest: { ${tiny}, command: [sleep, infinity], stop_grace_period: 1s, network_mode: "service:owner" }
  alone: { ${tiny}, stop_grace_period: 1s, network_mode: none, user: "33", read_only: true, tmpfs: [/scratch], cap_drop: [ALL], security_opt: ["no-new-privileges:true"], ulimits: { nofile: 123 },
    deploy: { resources: { limits: { memory: 64M, pids: 20 } } }, command: [sleep, infinity], environment: { WORDS: "a b  c", LINES: "first\\n \\"%41 last\\" " } }
  able: { ${tiny}, stop_grace_period: 1s, network_mode: none, cap_add: [NET_ADMIN, MKNOD], command: [sleep, infinity] }
  slow: { ${tiny}, init: true, stop_grace_period: 1s, network_mode: none, command: [sleep, infinity],
    deploy: { resources: { limits: { memory: 64M } } },
    healthcheck: { test: [CMD-SHELL, "sleep 3000 | cat"], interval: 300ms, timeout: 200ms, retries: 3 } }
  system: { build: ${context}, image: localhost/lxmode-system, stop_grace_period: 5s }
networks: { default: { ipam: { config: [{ subnet: 10.97.2.0/24 }] } } }
`;

describe('what a service asks for', () => {
  let shop: string[];
  const status = (service: string, key: string) =>
    new RegExp(`^${key}:\\s+(.*)$`, 'm').exec(
      host.inside(`lxmode-${service}-1`, 'sh', '-c', 'cat /proc/$(busybox pidof sleep)/status'),
    )?.[1];
  const sleepers = (service: string) =>
    host.inside(`lxmode-${service}-1`, 'busybox', 'pidof', 'sleep').trim().split(' ');
  beforeAll(async () => {
    const context = path.join(host.folder, 'system');
    mkdirSync(context);
    writeFileSync(
      path.join(context, 'inittab'),
      '::sysinit:/bin/touch /started\n::respawn:/usr/bin/busybox httpd -f -p 80 -h /www\n::shutdown:/bin/touch /stopped\n',
    );
    // As an archive of a root file system that was made elsewhere.
    execFileSync('buildah', ['from', '--pull-never', '--name', 'lxmode-root', tinyImage]);
    const rootFs = execFileSync('buildah', ['mount', 'lxmode-root'], { encoding: 'utf8' }).trim();
    execFileSync('tar', [
      '-C',
      rootFs,
      '--exclude=./proc/*',
      '--exclude=./sys/*',
      '-cf',
      path.join(context, 'root.tar'),
      '.',
    ]);
    execFileSync('buildah', ['rm', 'lxmode-root']);
    writeFileSync(
      path.join(context, 'Dockerfile'),
      'FROM scratch\nADD root.tar /\nCOPY inittab /etc/inittab\nRUN ln -s /usr/bin/busybox /sbin/init\nSTOPSIGNAL SIGUSR2\n',
    );
    host.image('localhost/lxmode-system');
    shop = host.project('lxmode', modes(context));
    await host.up(...shop);
  });

  test('network modes and addresses', () => {
    const links = (service: string) => host.inside(`lxmode-${service}-1`, 'ip', '-4', '-brief', 'address');
    expect(links('owner')).toContain('10.97.2.9/24');
    expect(links('guest')).toBe(links('owner'));
    expect(links('alone').trim().split('\n')).toHaveLength(1);
  });

  test('variables of any kind, which no list of arguments on the host has', async () => {
    const exec = ['exec', '-T', ...shop, '-e', 'MORE=said by hand', 'alone', 'sh', '-c'];
    expect((await host.heddle(...exec, 'printf "%s|%s" "$LINES" "$MORE"')).stdout).toBe(
      'first\n "%41 last" |said by hand',
    );
    const pid = host.info('lxmode-alone-1', 'pid');
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')).toContain('LINES=first\n "%41 last" ');
    const going = host.launch(installedCommand, [...exec, 'echo begun; exec sleep 1000']);
    await until('it runs', () => going.printed().includes('begun'));
    const all = readdirSync('/proc').flatMap((one) => {
      try {
        return /^\d+$/.test(one) ? readFileSync(`/proc/${one}/cmdline`, 'utf8') : [];
      } catch {
        return [];
      }
    });
    expect(
      all.filter((words) => words.includes('lxc-attach') && words.includes('lxmode-alone-1')),
    ).toHaveLength(1);
    expect(all.filter((words) => words.includes('%41 last'))).toEqual([]);
    // Whoever asked for it is gone.
    process.kill(going.pid ?? 0, 'SIGKILL');
    await until('it has ended', () => sleepers('alone').length === 1);
  });

  test('a check of its health that takes too long leaves no process', async () => {
    await until('it is not healthy', async () => {
      const all = await host.json<ContainerStatus[]>('ps', ...shop);
      return all.find(({ name }) => name === 'lxmode-slow-1')?.health === 'unhealthy';
    });
    // Its own, and of the checks that have failed by now none but those that are under way.
    expect(sleepers('slow').length).toBeLessThanOrEqual(3);
  });

  test('limits that its root cannot lift', () => {
    const limits = '/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max';
    const lift = `for one in ${limits}; do [ ! -e $one ] || { echo 99999999 > $one && echo lifted; }; done; cat ${limits} 2>/dev/null; true`;
    expect(host.inside('lxmode-slow-1', 'sh', '-c', lift)).not.toContain('lifted');
    expect(host.inside('lxmode-slow-1', 'sh', '-c', 'touch /sys/kernel/x 2>&1 || true')).toContain(
      'Read-only',
    );
  });

  test('a user, rights and limits of its own', () => {
    const run = (...command: string[]) => host.inside('lxmode-alone-1', ...command);
    expect(status('alone', 'Uid')).toBe('33\t33\t33\t33');
    expect(status('alone', 'CapBnd')).toBe('0000000000000000');
    expect(status('alone', 'NoNewPrivs')).toBe('1');
    expect(status('able', 'CapEff')).toBe('00000000880415fb');
    expect(() => run('touch', '/x')).toThrow(/Read-only/);
    expect(run('sh', '-c', 'touch /scratch/x && ls /scratch')).toBe('x\n');
    expect(run('cat', '/proc/1/limits')).toMatch(/^Max open files +123 +123 /m);
    const environ = readFileSync(`/proc/${host.info('lxmode-alone-1', 'pid')}/environ`, 'utf8').split('\0');
    expect(environ).toContain('WORDS=a b  c');
    const cgroup = readFileSync(`/proc/${host.info('lxmode-alone-1', 'pid')}/cgroup`, 'utf8');
    const [, memory] = /:memory:(.*)$/m.exec(cgroup) ?? [];
    if (memory !== undefined)
      expect(readFileSync(`/sys/fs/cgroup/memory${memory}/memory.limit_in_bytes`, 'utf8').trim()).toBe(
        `${64 * 2 ** 20}`,
      );
    // No device but those that do no harm: not even by making one.
    host.inside('lxmode-able-1', 'mknod', '/tmp/m', 'c', '1', '1');
    expect(() => host.inside('lxmode-able-1', 'head', '-c1', '/tmp/m')).toThrow(/not permitted/);
  });

  test('an init of its own that ends its system in order', async () => {
    expect(host.inside('lxmode-system-1', 'cat', '/proc/1/comm')).toBe('init\n');
    await until('its services run', () => host.inside('lxmode-system-1', 'busybox', 'ps').includes('httpd'));
    await host.ok('stop', ...shop, 'system');
    const root = execFileSync('buildah', ['mount'], { encoding: 'utf8' });
    const record = JSON.parse(
      readFileSync(path.join(host.containers, 'lxmode-system-1', 'heddle.json'), 'utf8'),
    ) as { id: string };
    const at = root
      .split('\n')
      .find((line) => line.startsWith(record.id.slice(0, 12)) || line.startsWith(record.id));
    expect(readdirSync(at?.split(/\s+/)[1] ?? '')).toEqual(expect.arrayContaining(['started', 'stopped']));
    await host.ok('start', ...shop, 'system');
    await until('it runs again', () => host.inside('lxmode-system-1', 'busybox', 'ps').includes('httpd'));
  });

  test('what it printed, by stream and with its time', async () => {
    const said = await host.heddle('logs', '--no-log-prefix', 'owner', '-p', 'lxmode');
    expect(said.stdout).toBe('first\nthird\n');
    expect(said.stderr).toBe('second\n');
    expect(await host.ok('logs', '-t', '--tail', '1', 'owner', '-p', 'lxmode')).toMatch(
      / \d{4}-\d\d-\d\dT\S+ third\n$/,
    );
  });
});

test('what a node was killed in the middle of making is made anew', async () => {
  const shop = host.project('lxhalf', `services: { web: { ${tiny}, init: true, stop_grace_period: 1s } }`);
  await host.up(...shop);
  const file = path.join(host.containers, 'lxhalf-web-1', 'heddle.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as { id: string };
  host.killInside('lxhalf-web-1');
  await host.killNode();
  writeFileSync(file, JSON.stringify({ ...record, isWhole: false }));
  await host.ok('up', '-d', ...shop);
  expect(host.info('lxhalf-web-1', 'state')).toBe('RUNNING');
  const { stdout } = await host.run('buildah', [
    'ps',
    '-a',
    '--notruncate',
    '--format',
    '{{.ContainerName}}',
  ]);
  expect(stdout).not.toContain(record.id);
  await host.ok('down', ...shop);
  expect(host.leftovers('lxhalf')).toEqual([]);
});

test('links that a container makes lead nowhere on the host, and what killed it keeps it from nothing', async () => {
  const outside = path.join(host.folder, 'outside');
  mkdirSync(outside);
  const shop = host.project(
    'lxlink',
    `
services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, secrets: [password], volumes: ["cache:/data/cache", "data:/data"] }
volumes: { cache: {}, data: {} }
secrets: { password: { environment: HOME } }
`,
  );
  await host.up(...shop);
  const inside = (command: string) => host.inside('lxlink-web-1', 'sh', '-c', command);
  inside('echo kept > /data/cache/file; echo above > /data/file; mkdir /data/x');
  inside(`mv /run/secrets /run/before; ln -s ${outside} /run/secrets`);
  // LXC's own program, which leaves its cgroups.
  const program = Number(readFileSync(path.join(host.containers, 'lxlink-web-1', 'pid'), 'utf8'));
  process.kill(program, 'SIGKILL');
  await until('it runs again', async () => {
    await host.ok('up', '-d', ...shop);
    return host.info('lxlink-web-1', 'state') === 'RUNNING';
  });
  expect(readdirSync(outside)).toEqual([]);
  expect(inside('cat /data/cache/file /data/file')).toBe('kept\nabove\n');
  const [id] = ['cache', 'data'].map((name) =>
    path.join(host.stateDir, 'lxc', 'volumes', `lxlink_${name}`, '_data'),
  );
  expect(readdirSync(id ?? '')).toEqual(['file']);
  await host.ok('down', '-v', ...shop);
  expect(host.leftovers('lxlink')).toEqual([]);
});

test('what services say passes the functions of a chain, and nothing without them', async () => {
  const fn = `{ ${tiny}, init: true, network_mode: none, cap_add: [NET_ADMIN], stop_grace_period: 1s, command: [sleep, infinity], x-heddle: { function: { mode: wire } } }`;
  const chain = host.project(
    'lxchain',
    `
services:
  web: { ${tiny}, init: true, networks: [lab], stop_grace_period: 1s }
  db: { ${tiny}, init: true, networks: [lab], stop_grace_period: 1s }
  fw: ${fn}
networks: { lab: {} }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [fw] }] }
`,
  );
  await host.up(...chain);
  const [front] = await host.json<ChainStatus[]>('chain', 'ls', ...chain);
  expect(front?.state).toBe('proven');
  const asks = () => host.inside('lxchain-web-1', 'nc', '-z', '-w', '1', 'db', '80');
  asks();
  // What it bridges is down: it lets nothing through.
  host.inside(
    'lxchain-fw-1',
    'sh',
    '-c',
    'for way in /sys/class/net/w-*; do ip link set $(basename $way) down; done',
  );
  expect(asks).toThrow();
  await host.ok('down', ...chain);
  expect(host.leftovers('lxchain')).toEqual([]);
});

test('ranks of a job meet, and are seen to end', async () => {
  const job = host.project('lxjob', shellJob({ steps: 10 }));
  await host.up(...job);
  await until('it has ended', async () => {
    const [found] = await host.json<JobStatus[]>('jobs', ...job);
    return found?.phase === 'ended';
  });
  const [found] = await host.json<JobStatus[]>('jobs', ...job);
  expect(found).toMatchObject({ step: 10, ranks: [{ exitCode: 0 }, { exitCode: 0 }, { exitCode: 0 }] });
});

describe('what cannot be', () => {
  const refused = async (service: string, more = '') => {
    const file = `services: { web: { ${tiny}, ${service} } }\n${more}`;
    return host.heddle('up', '-d', ...host.project('lxno', file));
  };

  test('is refused with its reason, before anything is made', async () => {
    for (const [words, why] of [
      ['tty: true', /tty: LXC cannot do that/],
      ['security_opt: ["seccomp=unconfined"]', /security_opt seccomp=unconfined/],
      ['logging: { driver: json-file, options: { max-file: "3" } }', /logging.options.max-file/],
      ['mem_swappiness: 10', /mem_swappiness/],
    ] as const)
      expect(expectError(await refused(words), 'ERR_COMPOSE_UNSUPPORTED')).toMatch(why);
    const networks = 'networks: { default: { driver: bridge, driver_opts: { a: b } } }';
    expect(expectError(await refused('init: true', networks), 'ERR_COMPOSE_UNSUPPORTED')).toMatch(
      /LXC has no networks of its own/,
    );
    expect(readdirSync(host.containers).filter((name) => name.startsWith('lxno'))).toEqual([]);
  });

  test('a program that is not in the image is said', async () => {
    const { code, stderr } = await refused('command: [/nowhere]');
    expect(code).toBe(1);
    expect(stderr).toMatch(/exit code 127.*\/nowhere/s);
  });
});
