import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../support/edge-client.ts';
import { isAlive } from '../../support/host.ts';
import {
  askRaw,
  type CopyName,
  gatewayAddress,
  http,
  ProxiedEdge,
  raw,
  service,
  stream,
} from '../../support/proxied-edge.ts';
import { until } from '../../support/until.ts';

describe.each(['haproxy', 'nginx'])('a gateway with %s', (program) => {
  const edge = new ProxiedEdge(program);
  const { copies } = edge;
  const web = service('web', http, 'b1', 'm1');
  beforeAll(() => edge.open());
  afterEach(() => edge.quiet());
  afterAll(() => edge.close());
  const expectNoneLost = async () => {
    expect(await edge.quiet()).toEqual([]);
    for (const { total } of edge.clients) expect(total).toBeGreaterThan(1000);
  };

  test('leads to the next copy when the nearest is killed, and back when it is there again', async () => {
    edge.load();
    await edge.more(50);
    await copies.b1.kill();
    expect(await edge.leadsTo('m1')).toBeLessThan(1000);
    await edge.more(50);
    // nginx cannot be asked what it found.
    if (program === 'haproxy')
      await until('that is explained', async () =>
        /^b1 .* out +does not answer$/m.test(
          await edge.host.ok('edge', 'explain', 'web', '--at', 'helsinki'),
        ),
      );
    await copies.b1.start();
    await edge.leadsTo('b1');
    // Of what was under way to the copy, it may have begun to do what it was asked for.
    expect((await edge.quiet()).length).toBeLessThanOrEqual(8);
  });

  test('loses no request while copies come, change and go', async () => {
    const before = edge.programs();
    edge.load();
    await edge.more(100);
    const rounds: readonly CopyName[][] = [
      ['h1', 'b1', 'm1'],
      ['h1', 'b1'],
      ['h2', 'b1', 'm1'],
      ['h2', 'm1'],
      ['m1'],
      ['b1', 'm1'],
    ];
    for (const names of rounds) {
      edge.write(service('web', http, ...names), raw);
      await edge.leadsTo(names[0] as string);
      await edge.more(200);
    }
    await expectNoneLost();
    // Nothing was started anew for it.
    expect(edge.programs()).toEqual(before);
  });

  test('loses no request while services and ports come and go', async () => {
    edge.load();
    await edge.more(100);
    for (let round = 0; round < 5; round++) {
      edge.write(web, raw, service(`new${round}`, http, 'm1'), service('other', stream(7001 + round), 'm1'));
      await edge.leadsTo('m1', { host: `new${round}.edge.internal` });
      await until('the new port answers', async () => (await askRaw(7001 + round)).includes('m1'));
      await edge.more(200);
    }
    await expectNoneLost();
  });

  test('starts the program again when it is killed', async () => {
    const [pid] = edge.programs() as [number];
    process.kill(pid, 'SIGKILL');
    const isAnother = () => edge.programs().some((one) => one !== pid);
    const isBack = async () => isAnother() && (await edge.who()) === 'b1';
    expect(await until('it leads on again', isBack, 5000, 10)).toBeLessThan(3000);
    expect(isAlive(pid)).toBe(false);
    expect(edge.gateway.printed()).toContain('it is started again');
  });

  test('is killed: the program goes on, and the next gateway takes it over', async () => {
    edge.load();
    await edge.more(50);
    const { pid } = edge.gateway;
    process.kill(pid, 'SIGKILL');
    await until('it is gone', () => !isAlive(pid));
    await edge.more(50);
    edge.write(service('web', http, 'h1', 'b1'), raw);
    edge.start();
    await edge.leadsTo('h1');
    await edge.more(50);
    expect(await edge.quiet()).toEqual([]);
    // Neither does it find its own ports taken.
    expect(edge.gateway.printed()).not.toContain('"level":50');
    await until('there is one', () => edge.programs().length === 1);
  });

  test('says which port another program has, serves the rest, and takes the port when it is free', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(7100, gatewayAddress, resolve));
    edge.write(web, service('taken', stream(7100), 'b1'), service('free', stream(7101), 'b1'));
    const problem = `cannot listen on ${gatewayAddress}:7100 (TCP): another program listens there`;
    await until('it says so', () => edge.gateway.printed().includes(problem));
    expect(edge.gateway.printed()).toContain('"code":"ERR_EDGE_LISTEN"');
    await until('the rest is served', async () => (await askRaw(7101)).includes('b1'));
    const { body } = await ask({ address: gatewayAddress });
    expect(body).toMatch(/not on port 7100: .*another program/);
    other.close();
    await until('it is served', async () => (await askRaw(7100)).includes('b1'));
  });

  test('keeps what it needs to itself, and root to its beginning', () => {
    const mode = execFileSync('stat', ['-c', '%a', edge.folder], { encoding: 'utf8' }).trim();
    expect(mode).toBe('700');
    const [pid] = edge.programs() as [number];
    const users = execFileSync('ps', ['-o', 'user=', '-p', String(pid), '--ppid', String(pid)], {
      encoding: 'utf8',
    });
    expect(users).toMatch(/haproxy|www-data/);
    expect(readFileSync(path.join(edge.folder, 'listening.json'), 'utf8')).toContain(`${gatewayAddress}:80`);
  });
});
