import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EdgeHost } from './edge-host.ts';
import type { Running } from './host.ts';
import { until } from './until.ts';

/** What says which of two controllers acts, as a suite needs it. */
export interface StoreUnderTest {
  readonly host: EdgeHost;
  /** What a controller is told of it. */
  readonly flags: readonly string[];
  /** Of the brokers of the two controllers. */
  readonly ports: readonly [number, number];
  start(): Promise<void>;
  /** As a power cut does. Started again, it knows what it knew. */
  kill(): Promise<void>;
}

const nodes = { b1: '10.2.0.11', b2: '10.2.0.12' } as const;

/** Two controllers with a broker each, a gateway that knows both brokers, and a store between the controllers. */
export function leaseSuite({ host, flags, ports: [first, second], start, kill }: StoreUnderTest): void {
  let one: Running;
  let two: Running;
  let gateway: Running;

  const controller = (name: string, port: number) =>
    host.controller(name, '--listen', `127.0.0.1:${port}`, ...flags);
  const terms = (running: Running) => epochs(running, 'the controller acts as leader');
  const acts = (running: Running, before = 0) => until('it acts', () => terms(running).length > before);
  const api = (node: keyof typeof nodes) => host.write({ web: ['h1'], api: [node] });

  beforeAll(async () => {
    await host.certify();
    api('b1');
    await start();
    one = controller('one', first);
    await acts(one);
    two = controller('two', second);
    gateway = host.gateway('helsinki', first, second);
    await host.answers('helsinki', 'api', nodes.b1);
  });
  afterAll(() => host.remove());

  test('of two controllers one acts, and the other waits and says for whom', async () => {
    await until('it waits', () => /"waiting: .+ is in charge"/.test(two.printed()));
    expect(two.printed()).not.toContain('the controller acts as leader');
  });

  test('when it is killed, the other takes over with a later epoch, and the gateway follows', async () => {
    await one.end('SIGKILL');
    const killed = performance.now();
    await acts(two);
    api('b2');
    await host.answers('helsinki', 'api', nodes.b2);
    console.log(`a killed controller was replaced after ${Math.round(performance.now() - killed)} ms`);
    expect(terms(two)[0]).toBeGreaterThan(terms(one)[0] ?? 0);
    await until('it is up to date', () => host.isUpToDate('helsinki'));
  });

  test('one that was stopped for a while and goes on does no harm', async () => {
    one = controller('one', first);
    await until('it waits', () => one.printed().includes('is in charge'));
    two.signal('SIGSTOP');
    try {
      await acts(one);
      await until('the gateway follows', () => epochs(gateway, 'view updated').at(-1) === terms(one)[0]);
    } finally {
      two.signal('SIGCONT');
    }
    await until('it knows', () => two.printed().includes('the controller stopped acting as leader'));
    api('b1');
    await host.answers('helsinki', 'api', nodes.b1);
    const seen = epochs(gateway, 'view updated');
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('without the store nobody acts for long, and with it somebody does again', async () => {
    await kill();
    await until('it acts no more', () => one.printed().includes('the controller stopped acting as leader'));
    await until('the gateway says so', () => host.isStale('helsinki'));
    expect(await host.addresses('helsinki', 'api')).toEqual([nodes.b1]);
    await start();
    await until('it is up to date', () => host.isUpToDate('helsinki'));
  });

  test('one that ends of its own will is followed at once', async () => {
    const [ends, follows] = (terms(one).at(-1) ?? 0) > (terms(two).at(-1) ?? 0) ? [one, two] : [two, one];
    const before = terms(follows).length;
    await ends.end();
    expect(ends.exitCode()).toBe(0);
    expect(await acts(follows, before)).toBeLessThan(4000);
  });
}

/** Epochs that a controller acted with, or a gateway answered from, in their order. */
function epochs(running: Running, message: string): number[] {
  return running
    .printed()
    .split('\n')
    .filter((line) => line.includes(`"${message}"`))
    .map((line) => (JSON.parse(line) as { epoch: number }).epoch);
}
