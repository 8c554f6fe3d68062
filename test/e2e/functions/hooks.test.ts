import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { echoing, streaming } from '../../support/stream.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

/** A function's own manager: it notes what it is told, and does what a test has asked for. */
const manager = `#!/bin/sh
hook=$1
echo "fw $hook" >> /log/order
ip -o link show > "/log/fw-$hook.links"
cat > "/log/fw-$hook.json"
if [ -e "/log/fail-$hook" ]; then echo "no $hook today" >&2; exit 3; fi
if [ -e "/log/hang-$hook" ]; then
  setsid sleep 4711 &
  echo "waiting" >&2
  sleep 4711
fi
if [ "$hook" = configure ]; then echo '{ "port": 4789, "key": "s3cr3t-of-fw" }'; fi
`;
/** The same behind a server: a script of its CGI. */
const answering = `#!/bin/sh
hook=$(basename "$0")
echo "ids $hook" >> /log/order
cat > "/log/ids-$hook.json"
printf 'Content-Type: application/json\\r\\n\\r\\n'
if [ "$hook" = configure ]; then echo '{ "rules": 3 }'; fi
`;

describe('the own manager of a network function', () => {
  const host = new TestHost();
  const log = path.join(host.folder, 'log');
  const scripts = path.join(host.folder, 'scripts');
  const mounts = `volumes: ["${log}:/log", "${scripts}:/scripts:ro"]`;
  const hook = (name: string, more = '') =>
    `${name}: { command: [/scripts/manager, ${name}], timeout: 10s${more} }`;
  const served = (name: string) => `${name}: { http: { port: 8081, path: /cgi-bin/${name} } }`;
  const project = host.project(
    'hhooks',
    `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    networks: [lab]
    x-heddle: { outputsOf: [fw] }
  fw:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    command: [sleep, infinity]
    network_mode: none
    ${mounts}
    x-heddle:
      function: { mode: wire, hooks: { ${['configure', 'start', 'heal', 'stop'].map((name) => hook(name)).join(', ')} } }
  ids:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    command: [sh, -c, "mkdir -p /www/cgi-bin && cp /scripts/configure /scripts/start /www/cgi-bin && exec busybox httpd -f -p 127.0.0.1:8081 -h /www"]
    network_mode: none
    ${mounts}
    x-heddle:
      function: { mode: wire, hooks: { ${served('configure')}, ${served('start')} } }
      outputsOf: [fw]
networks:
  lab: {}
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [80/tcp, 90/tcp] }, through: [fw, ids] }]
`,
  );
  const asked = (name: string) => writeFileSync(path.join(log, name), '');
  const told = (name: string) => JSON.parse(readFileSync(path.join(log, `${name}.json`), 'utf8'));
  const order = () => readFileSync(path.join(log, 'order'), 'utf8').trim().split('\n');
  const clear = () => {
    for (const name of readdirSync(log)) rmSync(path.join(log, name));
    writeFileSync(path.join(log, 'order'), '');
  };
  const chain = async () => (await host.json<ChainStatus[]>('chain', 'ls', ...project))[0]!;
  const note = async (name: string) =>
    (await host.json<ContainerStatus[]>('ps', ...project)).find((row) => row.name === `hhooks-${name}`)?.note;
  const reaches = async () =>
    (await host.run('podman', ['exec', 'hhooks-web-1', 'nc', '-z', '-w', '1', 'db', '80'])).code === 0;
  const pods = new PodmanPods(host, 'hhooks');
  /** Processes of hooks that were to end. */
  const left = () =>
    host
      .podman('exec', 'hhooks-fw-1', 'busybox', 'ps')
      .split('\n')
      .filter((line) => line.includes('4711'));

  beforeAll(() => {
    mkdirSync(log);
    mkdirSync(scripts);
    writeFileSync(path.join(scripts, 'manager'), manager, { mode: 0o755 });
    for (const name of ['configure', 'start'])
      writeFileSync(path.join(scripts, name), answering, { mode: 0o755 });
    writeFileSync(path.join(log, 'order'), '');
  });
  afterAll(() => host.remove());

  test('configures it before traffic, and is told when its chain is proven', async () => {
    await host.ok('up', ...project);
    expect(order().slice(0, 2)).toEqual(['fw configure', 'ids configure']);
    expect(order().slice(2).sort()).toEqual(['fw start', 'ids start']);
    // Nothing led to it yet when it was configured.
    expect(readFileSync(path.join(log, 'fw-configure.links'), 'utf8')).not.toContain('o-');
    expect(readFileSync(path.join(log, 'fw-start.links'), 'utf8')).toContain('o-');
    expect((await chain()).state).toBe('proven');
    expect(await reaches()).toBe(true);
  });

  test('is told of the chain, its neighbours and the peers', () => {
    const [web, db] = [told('fw-configure').peers.web[0], told('fw-configure').peers.db[0]];
    expect(web.addresses[0].ipv4).toMatch(/^10\./);
    expect(told('fw-configure')).toMatchObject({
      hook: 'configure',
      reason: 'its program starts',
      function: { service: 'fw', pod: 'hhooks-fw-1', instance: 1, mode: 'wire' },
      chains: [
        {
          name: 'front',
          ports: ['80/tcp', '90/tcp'],
          through: ['fw', 'ids'],
          position: 1,
          before: { name: 'web', places: [web] },
          after: { name: 'ids', places: [{ pod: 'hhooks-ids-1' }] },
        },
      ],
      peers: { web: [{ pod: 'hhooks-web-1' }], db: [db] },
    });
  });

  test('gives outputs to its later hooks, to other functions and to services', () => {
    const outputs = { port: 4789, key: 's3cr3t-of-fw' };
    expect(told('fw-start').outputs).toEqual(outputs);
    expect(told('ids-configure').outputsOf).toEqual({ fw: { 'hhooks-fw-1': outputs } });
    expect(told('ids-start').outputs).toEqual({ rules: 3 });
    const file = host.podman('exec', 'hhooks-db-1', 'cat', '/run/heddle/functions/fw/outputs.json');
    expect(JSON.parse(file)).toEqual({ 'hhooks-fw-1': outputs });
    expect(host.nodeLog()).toContain('called a hook of a function');
    expect(host.nodeLog()).not.toContain('s3cr3t');
  });

  test('is told nothing twice, also by a node that starts anew', async () => {
    clear();
    await host.ok('up', ...project);
    await host.killNode();
    await host.ok('up', ...project);
    expect(order()).toEqual(['']);
  });

  test('configures it anew when what it is told has changed, while connections go on', async () => {
    clear();
    const life = host.lifeOf('hhooks-fw-1');
    const server = await echoing(pods.namespace('db-1'), 90);
    onTestFinished(() => void server.kill('SIGKILL'));
    const connection = await streaming(pods.namespace('web-1'), pods.address('db'), 90);
    onTestFinished(() => void connection.kill());
    await host.ok('up', ...project, '--scale', 'web=2');
    await connection.goesOn();
    expect(order().filter((line) => line.startsWith('fw'))).toEqual(['fw configure']);
    const { reason, peers } = told('fw-configure');
    expect(reason).toBe('what its manager is told has changed');
    expect(peers.web.map(({ pod }: { pod: string }) => pod)).toEqual(['hhooks-web-1', 'hhooks-web-2']);
    expect(host.lifeOf('hhooks-fw-1')).toBe(life);
    expect((await chain()).state).toBe('proven');
    await host.ok('up', ...project);
    expect(told('fw-configure').peers.web).toHaveLength(1);
  });

  test('heals it when a proof failed at it', async () => {
    clear();
    const pid = host.podman('inspect', 'hhooks-fw-1.sandbox', '--format', '{{.State.Pid}}');
    const nft = async (...command: string[]) => {
      const { code, stderr } = await host.run('nsenter', ['-t', pid, '-n', 'nft', ...command]);
      if (code !== 0) throw new Error(stderr);
    };
    const silence = '{ type filter hook forward priority 0; policy drop; }';
    await nft(`add table bridge mute; add chain bridge mute silence ${silence}`);
    await until('it is healed', () => order().includes('fw heal'));
    await nft('delete', 'table', 'bridge', 'mute');
    expect(told('fw-heal')).toMatchObject({ reason: 'the proof of front failed at it', chain: 'front' });
    await until('it is proven again', async () => (await chain()).state === 'proven');
  });

  test('heals it when its program has ended, before traffic passes it again', async () => {
    clear();
    const before = host.lifeOf('hhooks-fw-1');
    host.podman('kill', '--signal', 'KILL', 'hhooks-fw-1');
    await host.ok('up', ...project);
    expect(host.lifeOf('hhooks-fw-1')).not.toBe(before);
    await until('it is started', () => order().includes('fw start'));
    expect(order().filter((line) => line.startsWith('fw'))).toEqual(['fw configure', 'fw heal', 'fw start']);
    expect(told('fw-heal').reason).toBe('its program ended, and runs again');
    await until('it passes again', reaches);
  });

  test('configures it in the restart that was asked for', async () => {
    clear();
    await host.ok('restart', ...project, 'fw');
    expect(
      order()
        .filter((line) => line.startsWith('fw'))
        .slice(0, 2),
    ).toEqual(['fw stop', 'fw configure']);
    await until('it passes again, and is started', async () => order().includes('fw start') && reaches());
  });

  test('that fails lets nothing pass, says why, and is tried again', async () => {
    clear();
    asked('fail-configure');
    host.podman('kill', '--signal', 'KILL', 'hhooks-fw-1');
    const { code, stderr } = await host.heddle('up', ...project);
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_FUNCTION_HOOK');
    expect(stderr).toContain(
      'hhooks-fw-1: its hook configure failed: it ended with exit code 3, and said last:',
    );
    expect(stderr).toContain('no configure today');
    expect(await reaches()).toBe(false);
    expect((await chain()).state).toBe('failed');
    expect((await chain()).reason).toContain('hhooks-fw-1 is not ready: its hook configure failed');
    expect(await note('fw-1')).toContain('NOT READY: its hook configure failed: it ended with exit code 3');
    expect(await note('db-1')).toBe(
      'CUT OFF: nothing of the chain front passes while hhooks-fw-1 is not ready',
    );
    expect((await chain()).hooks.find(({ hook: name }) => name === 'configure')).toMatchObject({
      function: 'hhooks-fw-1',
      failure: expect.stringContaining('no configure today'),
    });
    expect(host.nodeLog()).toContain('a hook of a function failed');
    rmSync(path.join(log, 'fail-configure'));
    await until('it is tried again', reaches);
    await until('it is proven', async () => (await chain()).state === 'proven');
  });

  test('that hangs ends in time, with all that it began', async () => {
    await host.ok('stop', ...project, 'fw');
    clear();
    asked('hang-configure');
    const { code, stderr } = await host.heddle('up', ...project);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'its hook configure failed: it did not end in time (10 s), and said last:\n  waiting',
    );
    expect(await reaches()).toBe(false);
    rmSync(path.join(log, 'hang-configure'));
    await until('it is tried again', reaches);
    expect(left()).toEqual([]);
  });

  test('may be called twice when its node is killed in between, and nothing else is', async () => {
    await host.ok('stop', ...project, 'fw');
    clear();
    asked('hang-configure');
    const up = host.start('up', '-d', ...project);
    await until('it hangs', () => left().length > 0);
    await host.killNode();
    await up.end();
    rmSync(path.join(log, 'hang-configure'));
    await host.ok('up', ...project);
    expect(order().filter((line) => line.startsWith('fw'))).toEqual([
      'fw configure',
      'fw configure',
      'fw start',
    ]);
    expect(left()).toEqual([]);
    expect(await reaches()).toBe(true);
  });

  test('is told before it is taken out, which happens whatever comes of that', async () => {
    clear();
    asked('fail-stop');
    const { code, stderr } = await host.heddle('down', ...project);
    expect(code).toBe(1);
    expect(stderr).toContain('hhooks-fw-1: its hook stop failed: it ended with exit code 3');
    expect(order()).toEqual(['fw stop']);
    expect(readFileSync(path.join(log, 'fw-stop.links'), 'utf8')).toContain('o-');
    expect(host.leftovers('hhooks')).toEqual([]);
  });
});
