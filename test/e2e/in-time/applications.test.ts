import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../support/edge-client.ts';
import { EdgeHost } from '../../support/edge-host.ts';
import type { Running } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const port = 18_887;
const proxyAddress = '127.92.0.1';
const host = new EdgeHost();
const common = `${tiny}, init: true, stop_grace_period: 1s`;
const ports = 'namespace: shop, ports: { http: { port: 80, application: http } }';
const check = 'healthcheck: { test: [CMD, test, -e, /www/index.html], interval: 1s, retries: 1 }';
let project: string[];
let controller: Running;

/** What the copies of `page` say that clients of the gateway are led to. */
async function pages(): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ask({ address: proxyAddress, host: 'page.edge.internal' })),
  );
  return [...new Set(answers.map(({ status, body }) => (status === 200 ? body.trim() : `${status}`)))].sort();
}

function inside(container: string, command: string): void {
  host.podman('exec', container, 'sh', '-c', command);
}

const isGone = (name: string) => host.isGone('helsinki', name);

beforeAll(async () => {
  project = host.project(
    'cmedge',
    `services:
  web: { ${common}, ${check}, x-heddle: { edge: { ${ports}, steer: direct } } }
  page: { ${common}, x-heddle: { edge: { as: page, ${ports} } } }
  once: { ${common}, x-heddle: { edge: { ${ports}, steer: direct } } }
  hidden: { ${common} }
`,
  );
  await Promise.all([host.certify(), host.ok('up', ...project)]);
  inside('cmedge-page-1', 'echo page-1 > /www/index.html');
  host.write({ api: ['b1'] });
  const engine = ['--engine', `h1=${host.runDir}/node.sock`];
  controller = host.controller('one', '--listen', `127.0.0.1:${port}`, ...engine);
  const gateway = ['--site', 'helsinki', '--tls', host.path('helsinki'), '--listen', '127.0.0.1:15401'];
  const proxy = ['--broker', `mqtts://127.0.0.1:${port}`, '--proxy-address', proxyAddress];
  host.start('edge', 'gateway', ...gateway, ...proxy);
});
afterAll(() => host.remove());

test('what an application publishes is answered, and nothing else of it', async () => {
  await host.answers('helsinki', 'web', '10.1.0.11');
  expect(await host.addresses('helsinki', 'api')).toEqual(['10.2.0.11']);
  expect(await host.kdig('helsinki', 'hidden')).toContain('NXDOMAIN');
  await until('its containers are led to', async () => (await pages()).join() === 'page-1');
});

test('another replica is led to when it runs, and one too many is not', async () => {
  await host.ok('scale', ...project, 'page=2');
  inside('cmedge-page-2', 'echo page-2 > /www/index.html');
  await until('both are led to', async () => (await pages()).join() === 'page-1,page-2');
  await host.ok('scale', ...project, 'page=1');
  await until('one is led to', async () => (await pages()).join() === 'page-1');
});

test('one that is not healthy is not answered until it is', async () => {
  inside('cmedge-web-1', 'mv /www/index.html /www/away');
  await until('it is gone', () => isGone('web'));
  inside('cmedge-web-1', 'mv /www/away /www/index.html');
  await host.answers('helsinki', 'web', '10.1.0.11');
});

test('one that is paused is not answered until it goes on', async () => {
  host.podman('pause', 'cmedge-once-1');
  await until('it is gone', () => isGone('once'), 5000);
  host.podman('unpause', 'cmedge-once-1');
  await host.answers('helsinki', 'once', '10.1.0.11');
});

test('what is stopped or dies is answered no more a moment later', async () => {
  const stopping = host.ok('stop', ...project, 'web');
  const stopped = await until('it is gone', () => isGone('web'), 20_000, 10);
  await stopping;
  await host.ok('start', ...project, 'web');
  await host.answers('helsinki', 'web', '10.1.0.11');
  const killing = host.run('podman', ['kill', 'cmedge-web-1']);
  const killed = await until('it is gone', () => isGone('web'), 20_000, 10);
  await killing;
  console.log(`gone ${Math.round(stopped)} ms after \`heddle stop\`, ${Math.round(killed)} ms after a kill`);
  expect(Math.max(stopped, killed)).toBeLessThan(2000);
});

test('while the node is away its answers stay; what happened meanwhile is known when it is back', async () => {
  await host.ok('start', ...project, 'web');
  await host.answers('helsinki', 'web', '10.1.0.11');
  const missed: string[] = [];
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const answer = await host.kdig('helsinki', 'web');
      if (!answer.includes('10.1.0.11')) missed.push(answer);
    }
  })();
  try {
    await host.killNode();
    await until('it is said', () =>
      /source is unreachable.*|the node does not answer/.test(controller.printed()),
    );
    host.podman('kill', 'cmedge-once-1');
    expect(await host.addresses('helsinki', 'once')).toEqual(['10.1.0.11']);
    await host.ok('ps', ...project);
    await until('what died is gone', () => isGone('once'));
  } finally {
    isOver = true;
    await asking;
  }
  expect(missed).toEqual([]);
  expect(controller.printed()).toContain('source is reachable again');
});

test('an application that is taken down is not there any more', async () => {
  await host.ok('down', ...project);
  await until('it is gone', async () => (await host.kdig('helsinki', 'web')).includes('NXDOMAIN'));
});
