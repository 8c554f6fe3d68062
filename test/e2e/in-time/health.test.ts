import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EdgeCopy } from '../../support/edge-copy.ts';
import { type Running, TestHost } from '../../support/host.ts';
import { run } from '../../support/run.ts';
import { until } from '../../support/until.ts';

const port = 15_353;
const [berlin, madrid] = ['127.84.2.1', '127.84.3.1'];
const copies = { berlin: new EdgeCopy('b1', berlin), madrid: new EdgeCopy('m1', madrid) };
const host = new TestHost();
const file = `${host.folder}/edge.yaml`;
let gateway: Running;

const start = () => {
  const where = ['--listen', `127.0.0.1:${port}`, '--proxy', 'none'];
  gateway = host.start('edge', 'gateway', '-f', file, '--site', 'helsinki', ...where);
};
const address = async () => {
  const asking = ['@127.0.0.1', '-p', String(port), '+short', '+timeout=1', '+retry=0'];
  return (await run('kdig', [...asking, 'web.shop.svc.edge.internal'])).stdout.trim();
};
const answers = (what: string) =>
  until(`${what} is answered`, async () => (await address()) === what, 20_000, 10);
const explained = () => host.ok('edge', 'explain', 'web', '--at', 'helsinki');

beforeAll(async () => {
  writeFileSync(
    file,
    `
sites:
  helsinki: { gateway: [127.84.1.1], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [127.84.2.254], location: { latitude: 52.52, longitude: 13.4 } }
  madrid: { gateway: [127.84.3.254], location: { latitude: 40.42, longitude: -3.7 } }
nodes:
  b1: { site: berlin, addresses: [${berlin}] }
  m1: { site: madrid, addresses: [${madrid}] }
services:
  shop/web:
    steer: direct
    ports: { http: { port: 80, application: http } }
    copies:
      - { id: b1, node: b1, address: ${berlin}, ports: { http: 8080 } }
      - { id: m1, node: m1, address: ${madrid}, ports: { http: 8080 } }
`,
  );
  await Promise.all(Object.values(copies).map((one) => one.start()));
  start();
  await answers(berlin);
});
afterAll(async () => {
  await host.remove();
  await Promise.all(Object.values(copies).map((one) => one.kill()));
});

test('when the nearest copy is killed, the next is answered within a second, and explained', async () => {
  await until('it was seen', async () => /b1 +berlin .*chosen/.test(await explained()));
  await copies.berlin.kill();
  const took = await answers(madrid);
  console.log(`a killed copy was answered no more after ${Math.round(took)} ms`);
  expect(took).toBeLessThan(1500);
  expect(await explained()).toMatch(/^m1 .* chosen .*nearest that answers$/m);
  expect(await explained()).toMatch(/^b1 .* out +does not answer$/m);
});

test('a gateway that starts meanwhile does not lead there', async () => {
  const told = () => host.heddle('edge', 'explain', 'web', '--at', 'helsinki');
  expect((await told()).stderr).toBe('');
  await gateway.end('SIGKILL');
  expect((await told()).stderr).toMatch(
    /^The gateway of helsinki does not run\. What it was told, as kept at \d{4}-\S+Z:\n$/,
  );
  start();
  await until('it answers', async () => (await address()) !== '');
  expect(await address()).toBe(madrid);
});

test('when it is back, it is answered again', async () => {
  await copies.berlin.start();
  await answers(berlin);
});

test('how far a site without a gateway is follows from connections, and is not less than light takes', () =>
  until('it is measured', async () =>
    /^b1 .* chosen +11\.\d ms away( ± \d\.\d)?, measured; nearest$/m.test(await explained()),
  ));

test('when no copy answers, what was told is: it may be the gateway that reaches none', async () => {
  await Promise.all([copies.berlin.kill(), copies.madrid.kill()]);
  await until(
    'both were missed',
    () => gateway.printed().split('health check failed: a copy does not answer').length > 2,
  );
  await answers(berlin);
});
