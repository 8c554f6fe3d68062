import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  InterfaceRecord,
  ObjectRecord,
  ProcessRecord,
  ResourceRecord,
} from '../../../src/features/snmp/records.ts';
import type { DeploymentSpec } from '../../../src/selector/spec.ts';
import { type Outcome, TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const MiB = 1024 ** 2;
const inline = `FROM localhost/heddle/base:bookworm\\nUSER 4321:4321\\nCMD [\\"sleep\\", \\"infinity\\"]\\n`;
const text = `
services:
  web:
    { ${tiny}, stop_grace_period: 1s, ports: ["127.0.0.1:18540:80"], volumes: ["data:/data"], mem_limit: 64m, cpus: 0.5, restart: always,
      x-heddle: { manage: { snmp: { contact: first } } } }
  user: { ${tiny}, user: "1234:5678", command: [sleep, infinity], stop_grace_period: 1s, x-heddle: { manage: { snmp: { set: { interfaces: true } } } } }
  image:
    { build: { context: ., dockerfile_inline: "${inline}" }, stop_grace_period: 1s, x-heddle: { manage: { snmp: true } } }
  old: { ${tiny}, stop_grace_period: 1s, x-heddle: { manage: { snmp: { version: 2c } } } }
volumes: { data: {} }
`;
const p = 'hsnmp';

describe('snmp', () => {
  const host = new TestHost();
  let project: string[];
  let spec: DeploymentSpec;

  const ask = (args: readonly string[]): Promise<Outcome> =>
    host.run('podman', ['exec', `${p}.snmp.collector`, ...args]);
  const addressOf = (pod: string) => spec.pods.find(({ name }) => name === pod)?.management?.address ?? '';
  /** Whether an agent is there; it tells a user it does not know so. */
  const answers = async (pod: string) => {
    const { stdout, stderr } = await ask([
      ...['snmpget', '-v3', '-u', 'nobody', '-l', 'noAuthNoPriv', '-r0', '-t0.3'],
      ...[`udp6:[${addressOf(pod)}]:161`, '.1.3.6.1.2.1.1.5.0'],
    ]);
    return /Unknown user name/.test(stdout + stderr);
  };
  const get = (service: string, ...objects: string[]) =>
    host.json<ObjectRecord[]>('snmp', 'get', service, ...objects, ...project);

  beforeAll(async () => {
    project = host.project(p, text);
    await host.ok('up', ...project);
    spec = await host.json<DeploymentSpec>('spec', ...project);
    for (const service of ['web', 'user', 'image', 'old']) {
      const read = () => host.ok('snmp', service, ...project);
      await until(`the agent of ${service} answers`, async () => (await read()) !== '');
    }
  });
  afterAll(() => host.remove());

  test('the counters of the service’s interfaces grow with its traffic', async () => {
    const sent = async () => {
      const rows = await host.json<InterfaceRecord[]>('snmp', 'web', ...project);
      return rows.find(({ name }) => name === 'eth0')?.out.bytes ?? 0;
    };
    const before = await sent();
    host.podman('exec', `${p}-web-1`, 'dd', 'if=/dev/zero', 'of=/www/big', 'bs=1M', 'count=2', 'status=none');
    host.podman('exec', `${p}-user-1`, 'busybox', 'wget', '-q', '-O', '/dev/null', 'http://web/big');
    // net-snmp looks at the interfaces every fifteen seconds.
    await until('two megabytes are counted', async () => (await sent()) > before + 2 * MiB);
  });

  test('the process table is the service’s: no process of the host’s, and none of the agent’s', async () => {
    const rows = await host.json<ProcessRecord[]>('snmp', 'processes', 'web', ...project);
    expect(rows).toMatchObject([
      { pid: 1, name: 'busybox', arguments: 'httpd -f -p 80 -h /www', pod: `${p}-web-1` },
    ]);
  });

  test('memory and CPU are the service’s, and its volume is among the file systems', async () => {
    const rows = await host.json<ResourceRecord[]>('snmp', 'resources', 'web', ...project);
    const memory = rows.find(({ kind }) => kind === 'memory');
    expect(memory?.size).toBe(64 * MiB);
    expect(memory?.used).toBeGreaterThan(0);
    expect(memory?.used).toBeLessThan(16 * MiB);
    expect(rows.find(({ kind }) => kind === 'cpu')).toMatchObject({ size: 0.5 });
    const names = rows.filter(({ kind }) => kind === 'filesystem').map(({ name }) => name);
    expect(names).toEqual(['/', '/data']);
  });

  test.each(['user', 'image', 'old'])(
    'a service that does not run as usual is read as well: %s',
    async (service) => {
      const rows = await host.json<ResourceRecord[]>('snmp', 'resources', service, ...project);
      expect(rows.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['cpu', 'memory', 'filesystem']));
      const processes = await host.json<ProcessRecord[]>('snmp', 'processes', service, ...project);
      expect(processes.map(({ pid }) => pid)).toEqual([1]);
    },
  );

  test('without credentials, with wrong ones, and with version 2c an agent tells nothing', async () => {
    const secret = secretsOf('web');
    const from = async (...options: string[]) => {
      const at = `udp6:[${addressOf(`${p}-web-1`)}]:161`;
      const { code, stdout } = await ask(['snmpget', ...options, '-r0', '-t1', at, '.1.3.6.1.2.1.1.5.0']);
      return { refused: code !== 0, stdout };
    };
    const v3 = ['-v3', '-u', 'heddle', '-a', 'SHA-512', '-x', 'AES-256'];
    const auth = ['-A', secret['auth'] ?? ''];
    for (const options of [
      ['-v2c', '-c', 'public'],
      ['-v2c', '-c', secret['community'] ?? ''],
      [...v3, '-l', 'noAuthNoPriv'],
      [...v3, '-l', 'authNoPriv', ...auth],
      [...v3, '-l', 'authPriv', '-A', 'wrong wrong', '-X', 'wrong wrong'],
      [...v3, '-l', 'authPriv', ...auth, '-X', 'wrong wrong'],
    ]) {
      expect(await from(...options)).toEqual({ refused: true, stdout: '' });
    }
    const right = await from(...v3, '-l', 'authPriv', ...auth, '-X', secret['priv'] ?? '');
    expect(right.refused).toBe(false);
  });

  test('nothing answers on the application’s network', async () => {
    const sockets = ['udp', 'udp6'].flatMap((file) =>
      host.podman('exec', `${p}-web-1`, 'cat', `/proc/net/${file}`).split('\n').slice(1),
    );
    const listening = sockets
      .map((line) => line.trim().split(/\s+/)[1])
      .filter((local) => local?.endsWith(':00A1'));
    expect(listening).toHaveLength(1);
    const image = spec.pods.find(({ name }) => name === `${p}.snmp`)?.containers[0]?.image ?? '';
    const { code, stderr } = await host.run('podman', [
      ...['run', '--rm', '--network', `${p}_default`, '--entrypoint', 'snmpget', image],
      ...['-v3', '-u', 'nobody', '-l', 'noAuthNoPriv', '-r0', '-t1', 'udp:web:161', '.1.3.6.1.2.1.1.5.0'],
    ]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Timeout');
    expect(await answers(`${p}-web-1`)).toBe(true);
  });

  test('what may be set is set, and nothing else', async () => {
    const value = 'Ann "x" -d <ann@example.org>';
    await host.ok('snmp', 'set', 'web', 'sysContact', value, ...project);
    expect(await get('web', 'sysContact')).toMatchObject([{ name: 'sysContact.0', value }]);
    for (const [object, to] of [
      ['sysDescr', 'x'],
      ['ifAdminStatus.lo', 'down'],
    ] as const) {
      const { code, stderr } = await host.heddle('snmp', 'set', 'web', object, to, ...project);
      expect(code).toBe(1);
      expect(stderr).toContain('refuses: noAccess');
    }
  });

  test('interfaces go down and up where a parameter allows it', async () => {
    const flags = () => host.podman('exec', `${p}-user-1`, 'ip', 'link', 'show', 'lo').split('>')[0];
    await host.ok('snmp', 'set', 'user', 'ifAdminStatus.lo', 'down', ...project);
    expect(flags()).not.toContain('UP');
    await host.ok('snmp', 'set', 'user', 'ifAdminStatus.lo', 'up', ...project);
    expect(flags()).toContain('UP');
  });

  test('the agent is back after a restart, with what was set', async () => {
    /** Until another agent answers than before; how soon is measured by `bench returns`. */
    const untilBack = async (action: () => unknown) => {
      const life = () => host.lifeOf(`${p}-web-1.snmp.agent`);
      const before = life();
      await action();
      const isBack = async () => !['', before].includes(life()) && (await answers(`${p}-web-1`));
      return until('another agent answers', isBack);
    };
    await untilBack(() => host.restartContainer(`${p}-web-1`));
    expect(await get('web', 'sysContact')).toMatchObject([{ value: 'Ann "x" -d <ann@example.org>' }]);
    await untilBack(() => host.podman('kill', `${p}-web-1`));
    const rows = await host.json<ResourceRecord[]>('snmp', 'resources', 'web', ...project);
    expect(rows.find(({ kind }) => kind === 'memory')?.size).toBe(64 * MiB);
  });

  test('the agent answers after one that was killed while it saved what it knew', async () => {
    const folder = path.join(host.stateDir, stateOf(host.stateDir, `snmp/${p}-web-1`));
    const kept = readFileSync(path.join(folder, 'snmpd.conf'), 'utf8');
    const [, before] = /^engineBoots (\d+)$/m.exec(kept) ?? [];
    // Half of it was written, and what was there before not yet removed (net-snmp, snmp_save_persistent).
    writeFileSync(path.join(folder, 'snmpd.0.conf'), kept);
    await host.killContainer(`${p}-web-1.snmp.agent`);
    await until('it answers', async () => (await get('web', 'sysName')).length > 0);
    const [, after] =
      /^engineBoots (\d+)$/m.exec(readFileSync(path.join(folder, 'snmpd.conf'), 'utf8')) ?? [];
    expect(Number(after)).toBeGreaterThan(Number(before));
    expect(readdirSync(folder).filter((name) => /^snmpd\.\d/.test(name))).toEqual([]);
  });

  test('no secret is in what containers, processes, logs, plan and specification show', async () => {
    const secrets = ['web', 'old'].flatMap((service) => Object.values(secretsOf(service)));
    expect(secrets).toHaveLength(6);
    const seen = new Set<string>();
    const watched = async (...args: string[]) => {
      let asking = true;
      const asked = host.ok('snmp', ...args, ...project).finally(() => {
        asking = false;
      });
      while (asking) {
        for (const line of commandLines()) seen.add(line);
        await new Promise((next) => setImmediate(next));
      }
      await asked;
    };
    await watched('set', 'old', 'sysLocation', 'here');
    // It is short: looked at until it was seen.
    await until('a question is among the processes', async () => {
      await watched();
      return [...seen].some((line) => line.includes('/usr/local/bin/query 3 web'));
    });
    const names = spec.pods.flatMap((pod) => pod.containers.map(({ name }) => name));
    const places = {
      processes: [...seen].join('\n'),
      inspect: host.podman('inspect', ...names),
      spec: JSON.stringify(spec),
      plan: await host.ok('plan', ...project),
      log: host.nodeLog(),
      agent: host.podman('logs', `${p}-web-1.snmp.agent`),
    };
    for (const [place, content] of Object.entries(places)) {
      expect(
        secrets.filter((secret) => content.includes(secret)),
        place,
      ).toEqual([]);
    }
    const folder = path.join(host.stateDir, 'applications', p, 'secrets', 'snmp');
    for (const file of readdirSync(folder)) {
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });

  test('a service whose rights no agent is given is refused, at its place', async () => {
    const other = host.project(
      'hsnmpx',
      `services: { web: { ${tiny}, privileged: true, x-heddle: { manage: { snmp: true } } } }`,
    );
    const { code, stderr } = await host.heddle('up', ...other);
    expect(code).toBe(1);
    expect(stderr).toMatch(/hsnmpx.yaml:1:\d+: error ERR_FEATURE_IMPOSSIBLE: services.web: snmp reads/);
  });

  test('down leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers(p)).toEqual([]);
  });

  function secretsOf(service: string): Record<string, string> {
    const file = path.join(host.stateDir, 'applications', p, 'secrets', 'snmp', service);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  }
});

/** Of every process that runs now. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
}

/** The folder under `root` whose path ends so. */
function stateOf(root: string, end: string): string {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith(end));
  if (found === undefined) throw new Error(`there is no ${end} under ${root}`);
  return found;
}
