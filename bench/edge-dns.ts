import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { run } from '../test/support/run.ts';
import { DnsServers, type Server } from './lib/dns-servers.ts';
import { processUsage } from './lib/process-usage.ts';
import { atLeast, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';

interface DnsOptions extends ReportOptions {
  readonly names: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly port: number;
}

interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly lost: number;
}

/** The core that questions come from: not the servers'. */
const core = '1';

export function edgeDns() {
  return benchmark('edge-dns', 'queries a second of a gateway beside BIND and Knot, each on one core')
    .option('--names <n>', 'services, each with a name', positive, 10_000)
    .option('--rounds <n>', 'rounds', positive, 10)
    .option('--seconds <n>', 'of each measurement', positive, 5)
    .option('--port <n>', 'the first of three ports on 127.0.0.1', positive, 5390)
    .action(measure);
}

async function measure(options: DnsOptions): Promise<void> {
  const report = startReport('edge-dns', options);
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-dns-'));
  try {
    await using servers = await DnsServers.start(folder, options.names, options.port);
    const queries = path.join(folder, 'queries');
    writeFileSync(queries, servers.names.map((name) => `${name} A\n`).join(''));
    const byName = new Map(servers.all.map((server) => [server.name, server]));
    const ask = async (name: string) => {
      const server = byName.get(name) as Server;
      servers.pauseAllBut(server);
      return dnsperf(server, queries, options.seconds);
    };
    say('once unmeasured');
    for (const name of byName.keys()) await ask(name);
    const figures = await alternate([...byName.keys()], options.rounds, ask);
    const perSecond = (name: string) => (figures[name] ?? []).map((one) => one.perSecond);
    const ofBind = median(ratios(perSecond('heddle'), perSecond('bind')));
    const ofKnot = median(ratios(perSecond('heddle'), perSecond('knot')));
    for (const name of byName.keys()) {
      const latency = median((figures[name] ?? []).map((one) => one.latency));
      const queriesPerSecond = inWords(summarize(perSecond(name)), (value) => value.toFixed(0));
      say(`${name}: ${queriesPerSecond} a second; ${latency.toFixed(2)} ms`);
    }
    const memoryMiB = Object.fromEntries(
      servers.all.map(({ name, process }) => [name, processUsage(process.pid ?? 0).memory / 2 ** 20]),
    );
    say(`memory, MiB: ${JSON.stringify(memoryMiB)}`);
    report.save(
      { ...options, ofBind, ofKnot, memoryMiB, figures },
      [atLeast('queries a second, of BIND', 0.5, ofBind)],
      [
        {
          title: `Queries a second, ${options.names} names, one core`,
          x: '',
          y: 'queries a second',
          series: [
            {
              name: 'queries a second',
              points: [...byName.keys()].map((x) => {
                const { mean, interval } = summarize(perSecond(x));
                return { x, y: mean, interval };
              }),
            },
          ],
        },
      ],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function dnsperf({ name, port }: Server, queries: string, seconds: number): Promise<Figures> {
  const args = ['-s', '127.0.0.1', '-p', String(port), '-d', queries, '-e', '-T', '1'];
  const load = ['-c', '8', '-q', '100', '-l', String(seconds)];
  const { stdout } = await run('taskset', ['-c', core, 'dnsperf', ...args, ...load]);
  const figure = (of: RegExp) => Number(of.exec(stdout)?.[1]);
  const figures = {
    perSecond: figure(/Queries per second:\s+([\d.]+)/),
    latency: figure(/Average Latency \(s\):\s+([\d.]+)/) * 1000,
    lost: figure(/Queries lost:\s+(\d+)/),
  };
  say(`${name}: ${figures.perSecond.toFixed(0)} a second, ${figures.latency.toFixed(2)} ms`);
  return figures;
}
