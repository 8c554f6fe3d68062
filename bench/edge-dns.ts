// Queries a second of a gateway's DNS server beside BIND and Knot, all with the same names: each server on one core, and
// dnsperf on another, in turns. `node bench/edge-dns.ts --names 10000 --rounds 5 --seconds 5 --json FILE`
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { serviceOf, snapshotOf } from '../src/edge/dns/fixture.ts';
import { run } from '../test/support/run.ts';
import { until } from '../test/support/until.ts';
import { median } from './lib/statistics.ts';

const { values } = parseArgs({
  options: {
    names: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    port: { type: 'string', default: '5390' },
    json: { type: 'string' },
  },
});
const count = Number(values.names);
const [serverCore, clientCore] = ['0', '1'];
const root = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-dns-'));
const names = Array.from({ length: count }, (_, index) => `s${index}.shop.svc.edge.internal`);

interface Server {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
}

interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly lost: number;
}

type Streams = 'ignore' | ['pipe', 'pipe', 'inherit'];

function pinned(program: string, args: readonly string[], stdio: Streams = 'ignore'): ChildProcess {
  return spawn('taskset', ['-c', serverCore, program, ...args], { cwd: folder, stdio });
}

async function heddle(port: number): Promise<Server> {
  const options = { listen: [{ address: '127.0.0.1', port }], limits: { perSecond: 0 } };
  const script = path.join(root, 'test/support/dns-process.ts');
  const child = pinned(
    process.execPath,
    [script, path.join(folder, 'view'), JSON.stringify(options)],
    ['pipe', 'pipe', 'inherit'],
  );
  const said = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  await said.next();
  const services = names.map((_, index) => serviceOf(`s${index}`, { alias: false }));
  for (const message of [snapshotOf(...services), { stale: false }]) {
    child.stdin?.write(`${JSON.stringify(message)}\n`);
    await said.next();
  }
  return { name: 'heddle', port, process: child };
}

function zoneFile(): string {
  const file = path.join(folder, 'zone');
  const head = `$ORIGIN edge.internal.\n$TTL 2\n@ SOA ns hostmaster 1 60 10 604800 2\n@ NS ns\nns A 10.1.0.1\n`;
  writeFileSync(file, head + names.map((name) => `${name}. 2 A 10.2.0.11\n`).join(''));
  return file;
}

function bind(port: number): Server {
  const conf = path.join(folder, 'named.conf');
  writeFileSync(
    conf,
    `options { directory "${folder}"; pid-file none; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
      recursion no; minimal-responses yes; };
    controls {}; zone "edge.internal" { type primary; file "${zoneFile()}"; };\n`,
  );
  return { name: 'bind', port, process: pinned('named', ['-g', '-n', '1', '-c', conf]) };
}

function knot(port: number): Server {
  const conf = path.join(folder, 'knot.conf');
  writeFileSync(
    conf,
    `server:\n  listen: 127.0.0.1@${port}\n  rundir: ${folder}\n  udp-workers: 1\n  tcp-workers: 1
  background-workers: 1\ndatabase:\n  storage: ${folder}\nzone:\n  - domain: edge.internal\n    file: ${zoneFile()}\n`,
  );
  return { name: 'knot', port, process: pinned('knotd', ['-c', conf]) };
}

async function answers({ port }: Server): Promise<boolean> {
  const { stdout } = await run('kdig', [
    '@127.0.0.1',
    '-p',
    String(port),
    '+short',
    '+time=1',
    names[0] ?? '',
  ]);
  return stdout.includes('10.2.0.11');
}

async function measure({ name, port }: Server): Promise<Figures> {
  const args = ['-s', '127.0.0.1', '-p', String(port), '-d', path.join(folder, 'queries'), '-e', '-T', '1'];
  const load = ['-c', '8', '-q', '100', '-l', values.seconds];
  const { stdout } = await run('taskset', ['-c', clientCore, 'dnsperf', ...args, ...load]);
  const figure = (of: RegExp) => Number(of.exec(stdout)?.[1]);
  const figures = {
    perSecond: figure(/Queries per second:\s+([\d.]+)/),
    latency: figure(/Average Latency \(s\):\s+([\d.]+)/) * 1000,
    lost: figure(/Queries lost:\s+(\d+)/),
  };
  console.log(`${name}: ${figures.perSecond.toFixed(0)} a second, ${figures.latency.toFixed(2)} ms`);
  return figures;
}

function memory({ process: { pid } }: Server): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

writeFileSync(path.join(folder, 'queries'), names.map((name) => `${name} A\n`).join(''));
const port = Number(values.port);
const servers = [await heddle(port), bind(port + 1), knot(port + 2)];
try {
  for (const server of servers) await until(`${server.name} answers`, () => answers(server));
  const figures: Record<string, Figures[]> = {};
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const server of servers) {
      // The others are stopped for the while, so that nothing but the one measured has the core.
      for (const other of servers) if (other !== server) other.process.kill('SIGSTOP');
      server.process.kill('SIGCONT');
      figures[server.name] = [...(figures[server.name] ?? []), await measure(server)];
    }
  }
  const per = (name: string) => median((figures[name] ?? []).map(({ perSecond }) => perSecond));
  const result = {
    names: count,
    perSecond: { heddle: per('heddle'), bind: per('bind'), knot: per('knot') },
    ofBind: per('heddle') / per('bind'),
    ofKnot: per('heddle') / per('knot'),
    memoryMiB: Object.fromEntries(servers.map((server) => [server.name, memory(server)])),
    figures,
  };
  console.log(
    `heddle over bind ${result.ofBind.toFixed(2)}, over knot ${result.ofKnot.toFixed(2)}`,
    result.memoryMiB,
  );
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  for (const { process: child } of servers) {
    // One that ended by itself says so no second time.
    if (child.exitCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true });
}
