import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScalingStatus } from '../../../src/monitor/scaling/status.ts';
import type { ChainStatus } from '../../../src/networks/path/proof/status.ts';
import { TestHost } from '../../support/host.ts';
import { PodmanPods } from '../../support/podman-pods.ts';
import { SeenFlows } from '../../support/seen-flows.ts';
import { Ticking } from '../../support/ticking.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const scale = (bounds: string, down = '3s') =>
  `scale: { ${bounds}, every: 1s, warmup: 1s, stabilization: { down: ${down} } }`;

const services = (down?: string) => `
services:
  web: { ${tiny}, init: true, stop_grace_period: 1s, cpus: 0.2, x-heddle: { ${scale('max: 3, on: [{ cpu: 34% }]', down)} } }
`;
const functions = `
services:
  web: { ${tiny}, init: true, networks: [lab] }
  db: { ${tiny}, init: true, networks: [lab], command: busybox httpd -f -p 80 -h /www }
  fw:
    image: localhost/heddle-test/tiny
    init: true
    network_mode: none
    stop_grace_period: 1s
    x-heddle: { function: { mode: wire, drain: 5m, hooks: { scale: [sh, -c, "cat > /tmp/told"] } }, ${scale('max: 4, on: [{ sessions: 3 }, { cpu: 900% }, { packets: 1000000/s }, { delay: 1m }]')} }
networks:
  lab: { ipam: { config: [{ subnet: 10.93.21.0/24 }] } }
x-heddle:
  chains: [{ name: front, from: web, to: db, through: [fw] }]
`;

const host = new TestHost();
afterAll(() => host.remove());

const scalingOf = async (project: readonly string[]) =>
  (await host.json<ScalingStatus[]>('scale', ...project))[0]!;
const names = (project: string) =>
  host.podman('ps', '--filter', `label=com.docker.compose.project=${project}`, '--format', '{{.Names}}');

describe('the replicas of a service', () => {
  const project = host.project('hload', services());
  const running = () =>
    names('hload')
      .split('\n')
      .filter((name) => /^hload-web-\d$/.test(name))
      .sort();

  beforeAll(() => host.ok('up', ...project));

  test('follow its CPU up and down again, each step with its reason', async () => {
    expect(running()).toEqual(['hload-web-1']);
    host.podman('exec', '-d', 'hload-web-1', 'sh', '-c', 'echo $$ > /tmp/burns; while :; do :; done');
    await until('there are more', () => running().length > 1);
    const up = await scalingOf(project);
    expect(up).toMatchObject({ service: 'web', min: 1, max: 3 });
    expect(up.steps.at(-1)?.reason).toMatch(/^cpu is \d+(\.\d+)?%, and is to be 34%/);
    host.podman('exec', 'hload-web-1', 'sh', '-c', 'kill -9 $(cat /tmp/burns)');
    await until(
      'there is one again',
      async () => running().length === 1 && (await scalingOf(project)).steps[0]?.outcome === 'done',
    );
    const { steps, replicas } = await scalingOf(project);
    expect(replicas).toBe(1);
    const scraped = await host.run('curl', [
      '-s',
      '--unix-socket',
      `${host.runDir}/node.sock`,
      'http://node/metrics',
    ]);
    expect(scraped.stdout).toContain('heddle_scale_replicas{project="hload",service="web"} 1');
    expect(steps[0]).toMatchObject({ to: 1, outcome: 'done', error: null });
    expect(steps[0]?.reason).toMatch(/^cpu is \d+(\.\d+)?% for each of \d, and is to be 34%/);
    expect(await host.ok('scale', ...project)).toMatch(/web +1 +1 +3 +cpu \d.*\/34%/);
  });

  test('are what somebody asks for within the bounds, and outside of them are refused at their place', async () => {
    expect((await host.heddle('scale', ...project, 'web=2')).stderr).toContain('hload-web-2');
    const refused = await host.heddle('scale', ...project, 'web=4');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/hload.yaml:3:\d+: .*scale: there are from 1 to 3 replicas, and not 4/);
    await until('the metrics are followed again', () => running().length === 1);
  });

  test('stay as many as they are when the file is brought up again', async () => {
    // Nobody is to take them away again meanwhile.
    host.project('hload', services('1h'));
    await host.ok('up', ...project);
    await host.ok('scale', ...project, 'web=2');
    expect((await host.heddle('up', ...project)).stderr).not.toContain('web-2');
    expect(running()).toHaveLength(2);
  });
});

/** What a test may ask of containers of a project, which speak over a chain. */
function talking(project: string) {
  const pods = new PodmanPods(host, project);
  const exec = (service: string, ...command: string[]) => pods.exec(service, ...command);
  const db = () => pods.address('db');
  return {
    exec,
    /** Connections that say nothing, to as many ports from one on. */
    idle: async (from: number, count: number) => {
      const last = from + count - 1;
      const each = (service: string, command: string) => {
        const all = `for port in $(seq ${from} ${last}); do ${command} done; wait`;
        return host.podman('exec', '-d', `${project}-${service}-1`, 'sh', '-c', all);
      };
      each('db', 'sleep 600 | nc -l -p $port > /dev/null &');
      const listening = ['ss', '-ltnH', `sport >= :${from} and sport <= :${last}`];
      await until(
        'all listen',
        async () => (await exec('db', ...listening)).stdout.split('\n').length > count,
      );
      each('web', `sleep 600 | nc ${db()} $port > /dev/null & echo $! >> /tmp/idle;`);
    },
    endIdle: () => exec('web', 'sh', '-c', 'kill $(cat /tmp/idle)'),
    /** New connections, one after the other; what fails is noted in `/tmp/failed`, and each in `/tmp/tried`. */
    connect: () => {
      const one = `nc -z -w 5 ${db()} 80 || echo failed >> /tmp/failed; echo tried >> /tmp/tried`;
      host.podman(
        'exec',
        '-d',
        `${project}-web-1`,
        'sh',
        '-c',
        `touch /tmp/failed; while sleep 0.05; do ${one}; done`,
      );
    },
    failed: async () => (await exec('web', 'cat', '/tmp/failed')).stdout,
  };
}

describe('the instances of a function', () => {
  const project = host.project('hflow', functions);
  const { idle, endIdle, connect, failed, exec } = talking('hflow');
  const ticking = new Ticking(host, 'hflow');
  const seen = new SeenFlows(host, 'hflow');
  const running = () =>
    names('hflow')
      .split('\n')
      .filter((name) => /^hflow-fw-\d$/.test(name))
      .sort();
  // Of so many, some are with others than the first.
  const ports = Array.from({ length: 8 }, (_, at) => 91 + at);
  const instances = (count: number) => Array.from({ length: count }, (_, at) => `hflow-fw-${at + 1}`);
  const proven = async () => {
    const [chain] = JSON.parse(
      await host.ok('chain', 'prove', 'front', '--format', 'json', ...project),
    ) as ChainStatus[];
    return chain?.state;
  };
  /** A port whose connection is with another instance than the first. */
  const elsewhere = async () => {
    const others = ['fw-2', 'fw-3', 'fw-4'];
    await seen.begin(...others);
    await Promise.all([90, ...ports].map((port) => ticking.goesOn(port)));
    const flows = (await Promise.all(others.map((fn) => seen.of(fn)))).flatMap((one) => one.flows);
    const isThere = (port: number) => flows.some((flow) => flow.includes(`:${port}`));
    // What was open before they came is with the first still.
    expect(isThere(90)).toBe(false);
    const found = ports.find(isThere);
    if (found === undefined) throw new Error('all connections are with the first');
    return found;
  };

  beforeAll(() => host.ok('up', ...project));

  test('follow open connections, of which none is moved or fails', async () => {
    connect();
    await ticking.open(90);
    await idle(200, 10);
    await until('there are four', async () => {
      const { steps, replicas } = await scalingOf(project);
      return replicas === 4 && steps[0]?.outcome === 'done';
    });
    expect(running()).toEqual(instances(4));
    const { steps, metrics } = await scalingOf(project);
    expect(steps[0]?.reason).toMatch(/^sessions is \d+(\.\d+)?( for each of \d)?, and is to be 3/);
    // Whatever decides, all are measured.
    expect(metrics.filter(({ value }) => !(value !== null && value >= 0))).toEqual([]);
    expect(metrics.find(({ metric }) => metric === 'packets')?.value).toBeGreaterThan(0);
    expect(await proven()).toBe('proven');
    const told = JSON.parse(host.podman('exec', 'hflow-fw-4', 'cat', '/tmp/told'));
    expect(told).toMatchObject({ hook: 'scale', to: instances(4) });
    expect(told.from).toEqual(instances(told.from.length));
    await Promise.all(ports.map((port) => ticking.open(port)));
    const stays = await elsewhere();
    await ticking.close(...ports.filter((port) => port !== stays));
    await endIdle();
    await until('all but one are to go', async () => (await scalingOf(project)).steps[0]?.to === 1);
    await ticking.goesOn(stays);
    expect((await scalingOf(project)).steps[0]).toMatchObject({ to: 1, outcome: 'running' });
    await host.killNode();
    await until('the next node goes on', async () => {
      const [last, before] = (await scalingOf(project)).steps;
      expect(last).toMatchObject({ to: 1, outcome: 'running' });
      return before?.outcome === 'interrupted';
    });
    await ticking.goesOn(stays);
    await ticking.close(stays);
    await until('they have gone', async () => (await scalingOf(project)).steps[0]?.outcome === 'done');
    expect(running()).toEqual(instances(1));
    await ticking.goesOn(90);
    expect(await proven()).toBe('proven');
    expect(await failed()).toBe('');
    expect(Number((await exec('web', 'wc', '-l', '/tmp/tried')).stdout.split(' ')[0])).toBeGreaterThan(10);
    // Two steps, and a node that is killed within one.
  }, 600_000);
});
