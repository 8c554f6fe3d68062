import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../test/support/edge-client.ts';
import { EdgeCopy } from '../test/support/edge-copy.ts';
import { SteadyRequests } from '../test/support/steady-requests.ts';
import { until } from '../test/support/until.ts';
import { resolverAddress } from './lib/caching-resolver.ts';
import { DnsClient } from './lib/dns-client.ts';
import { EdgeProcesses } from './lib/edge-processes.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { say } from './lib/rounds.ts';

interface FailoverOptions extends ReportOptions {
  readonly rounds: number;
  readonly rate: number;
}

const domain = 'edge.internal';
const gateway = '127.84.0.1';
const near = new EdgeCopy('near', '127.84.2.1');
const far = new EdgeCopy('far', '127.84.2.2');
/** Requests a second of each way while a copy fails. */
const pace = 50;
/** Milliseconds in which all has to be as it was. */
const timeout = 20_000;

interface Move {
  readonly way: string;
  readonly requests: number;
  readonly failed: number;
  /** Why, each once. */
  readonly failures: readonly (string | undefined)[];
}

/** How a client comes to a copy; its answer names the copy. */
type Way = () => Promise<string>;

export function edgeFailover() {
  return benchmark(
    'edge-failover',
    'how long requests fail when the nearest copy does, and how many when it moves',
  )
    .option('--rounds <n>', 'copies that are killed, and moves of each kind', positive, 10)
    .option('--rate <n>', 'requests a second during a move', positive, 500)
    .action(measure);
}

async function measure(options: FailoverOptions): Promise<void> {
  const report = startReport('edge-failover', options);
  await Promise.all([near.start(), far.start()]);
  await using processes = await EdgeProcesses.start({ sites: ['here'], text: () => text() }, 'haproxy');
  processes.startResolver(domain, gateway);
  using direct = new DnsClient(gateway);
  using cached = new DnsClient(resolverAddress);
  const ways = waysOf(direct, cached);
  await leadTo(near, ways);
  const recovered: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const [name, milliseconds] of Object.entries(await killed(ways)))
      recovered[name]?.push(milliseconds);
    await near.start();
    await leadTo(near, ways);
  }
  for (const [name, all] of Object.entries(recovered))
    say(`${name}: requests succeed again after ${all.map((one) => one.toFixed(0)).join(', ')} ms`);
  const moves: Move[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const name of ['through the gateway', 'direct'] as const) {
      const move = { way: name, ...(await moved(processes, ways[name], options.rate)) };
      say(`moved, ${name}: ${move.failed} of ${move.requests} failed ${move.failures.join('; ')}`);
      moves.push(move);
      processes.write({ text: () => text() });
      await leadTo(near, ways);
    }
  }
  await Promise.all([near.kill(), far.kill()]);
  const worst = (name: keyof typeof ways) => Math.max(...(recovered[name] ?? []));
  const failed = (way: string) =>
    moves.filter((one) => one.way === way).reduce((sum, one) => sum + one.failed, 0);
  const bar = (name: keyof typeof ways) =>
    atMost(`${name}: milliseconds at most until requests succeed`, 1000, worst(name));
  report.save(
    { ...options, recovered, moves },
    [
      bar('through the gateway'),
      bar('direct'),
      bar('behind unbound, through the gateway'),
      bar('behind unbound, direct'),
      atMost('planned moves, through the gateway: failed requests', 0, failed('through the gateway')),
      atMost('planned moves, direct: failed requests', 0, failed('direct')),
    ],
    [
      {
        title: 'Nearest copy killed: until requests succeed again',
        x: '',
        y: 'milliseconds',
        series: [
          {
            name: 'at most',
            points: Object.keys(ways).map((x) => ({ x, y: worst(x as keyof typeof ways) })),
          },
        ],
        limits: [{ name: 'bar', value: 1000 }],
      },
    ],
  );
}

function waysOf(direct: DnsClient, cached: DnsClient) {
  const nameOf = (service: string) => `${service}.bench.svc.${domain}`;
  const through = (client: DnsClient) => async () => {
    const host = nameOf('web');
    return await bodyOf({ address: await client.lookup(host), host });
  };
  const to = (client: DnsClient) => async () =>
    await bodyOf({ address: await client.lookup(nameOf('api')), port: near.port });
  return {
    'through the gateway': through(direct),
    direct: to(direct),
    'behind unbound, through the gateway': through(cached),
    'behind unbound, direct': to(cached),
  } satisfies Record<string, Way>;
}

async function bodyOf(target: Parameters<typeof ask>[0]): Promise<string> {
  const { status, body } = await ask(target);
  if (status !== 200) throw new Error(`status ${status}`);
  return body;
}

/** Waits until all ways lead to a copy, and its health is known. */
async function leadTo(copy: EdgeCopy, ways: Readonly<Record<string, Way>>): Promise<void> {
  for (const [name, way] of Object.entries(ways)) {
    const isThere = async () => (await way().catch(() => '')).startsWith(copy.name);
    await until(`${name} leads to ${copy.name}`, isThere, timeout, 50);
  }
  await sleep(1000);
}

/** Kills the nearest copy; milliseconds until requests succeed again, by way. */
async function killed(ways: Readonly<Record<string, Way>>): Promise<Record<string, number>> {
  const asking = Object.entries(ways).map(([name, way]) => [name, new SteadyRequests(pace, way)] as const);
  // At some moment, so that no clock of anybody's beats with it.
  await sleep(500 + Math.random() * 1000);
  const moment = performance.now();
  await near.kill();
  await sleep(4000);
  await Promise.all(asking.map(([, requests]) => requests.stop()));
  return Object.fromEntries(asking.map(([name, requests]) => [name, requests.recoveredAfter(moment)]));
}

/** Moves the copy under load as an operator does: the next is there, the file says so, and the last ends when idle. */
async function moved(processes: EdgeProcesses, way: Way, rate: number) {
  const requests = new SteadyRequests(rate, way);
  await sleep(2000);
  processes.write({ text: () => text(true) });
  const isIdle = async () => {
    const { answered } = near;
    await sleep(1500);
    return near.answered === answered;
  };
  await until('the copy that goes is idle', isIdle, timeout);
  await near.kill();
  await sleep(2000);
  await requests.stop();
  await near.start();
  const failures = requests.failed.map(({ failure }) => failure);
  return { requests: requests.all.length, failed: failures.length, failures: [...new Set(failures)] };
}

/** The edge file: clients at one site, a copy at the next and one farther away. */
function text(isMoved = false): string {
  const copies = [
    { id: 'near', node: 'near', address: near.address, ports: { http: near.port }, draining: isMoved },
    { id: 'far', node: 'far', address: far.address, ports: { http: far.port } },
  ];
  const ports = { http: { port: 80, application: 'http' } };
  return JSON.stringify({
    domain,
    sites: {
      here: { gateway: [gateway], location: { latitude: 60, longitude: 25 } },
      near: { gateway: ['127.84.0.2'], location: { latitude: 52, longitude: 13 } },
      far: { gateway: ['127.84.0.3'], location: { latitude: 40, longitude: -4 } },
    },
    nodes: {
      near: { site: 'near', addresses: [near.address] },
      far: { site: 'far', addresses: [far.address] },
    },
    services: {
      'bench/web': { ports, copies },
      // Resolvers keep no answer of such a service.
      'bench/api': { ports, copies, steer: 'direct', failover: 1 },
    },
  });
}
