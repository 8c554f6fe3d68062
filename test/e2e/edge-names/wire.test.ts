import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Running, TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const addresses = { near: '10.82.1.1', far: '10.82.1.2' };
type Side = keyof typeof addresses;
const server = `require('node:http').createServer((_, response) => response.end('here'))
  .listen(80, '${addresses.far}', () => console.log('ready'))`;

describe('the line of the lab', () => {
  const id = `heddle-test-${randomBytes(3).toString('hex')}`;
  let host: TestHost;
  const namespace = (side: Side) => `${id}-${side}`;
  const ip = (side: Side, ...args: string[]) =>
    execFileSync('ip', ['-n', namespace(side), ...args], { stdio: 'pipe' });
  const inside = (side: Side, ...command: string[]) => [
    `--net=/run/netns/${namespace(side)}`,
    '--',
    ...command,
  ];

  beforeEach(() => {
    host = new TestHost();
    for (const side of ['near', 'far'] as const) execFileSync('ip', ['netns', 'add', namespace(side)]);
  });
  afterEach(async () => {
    try {
      await host.remove();
    } finally {
      for (const side of ['near', 'far'] as const) execFileSync('ip', ['netns', 'delete', namespace(side)]);
    }
  });

  /** Lays a line between two namespaces, with a server at its far end. */
  async function lay(...options: string[]): Promise<Running> {
    const ends = [`${namespace('near')}:wan`, `${namespace('far')}:wan`];
    const wire = path.join(root, 'examples/sdwan/lab/wire.ts');
    const line = host.launch(process.execPath, [wire, ...ends, ...options]);
    await until('the line is there', () => line.printed().includes('ready'));
    for (const [side, address] of Object.entries(addresses) as [Side, string][]) {
      ip(side, 'address', 'add', `${address}/24`, 'dev', 'wan');
      ip(side, 'link', 'set', 'wan', 'up');
    }
    const far = host.launch('nsenter', inside('far', process.execPath, '-e', server));
    await until('the server listens', () => far.printed().includes('ready'));
    return line;
  }

  /** How long a connection takes to be made, which is one round trip, in milliseconds; nothing when it is not. */
  async function connected(): Promise<number | undefined> {
    const curl = ['curl', '-s', '-o', '/dev/null', '--max-time', '1', '-w', '%{time_connect}'];
    const { code, stdout } = await host.run('nsenter', inside('near', ...curl, `http://${addresses.far}/`));
    return code === 0 ? Number(stdout) * 1000 : undefined;
  }

  async function least(count: number): Promise<number> {
    const times: number[] = [];
    while (times.length < count) times.push((await connected()) ?? Number.POSITIVE_INFINITY);
    return Math.min(...times);
  }

  test('delays what passes, there and back', async () => {
    await lay('--delay', '10');
    const time = await least(10);
    expect(time).toBeGreaterThanOrEqual(20);
    expect(time).toBeLessThan(30);
  });

  test('delays it by less now and then, as told', async () => {
    await lay('--delay', '10', '--jitter', '8');
    const time = await least(20);
    expect(time).toBeGreaterThanOrEqual(4);
    expect(time).toBeLessThan(18);
  });

  test('loses what it is told to lose', async () => {
    await lay('--loss', '1');
    expect(await connected()).toBeUndefined();
  });

  test('carries nothing while one end is down, and goes on when it is up again', async () => {
    const line = await lay();
    await until('a connection', async () => (await connected()) !== undefined);
    ip('far', 'link', 'set', 'wan', 'down');
    expect(await connected()).toBeUndefined();
    ip('far', 'link', 'set', 'wan', 'up');
    await until('a connection again', async () => (await connected()) !== undefined);
    expect(line.exitCode()).toBeNull();
  });

  test('is gone, devices and all, when its process ends', async () => {
    const line = await lay();
    await line.end();
    for (const side of ['near', 'far'] as const)
      expect(() => ip(side, 'link', 'show', 'wan')).toThrow(/does not exist/);
  });
});
