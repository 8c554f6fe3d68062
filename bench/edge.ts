import { setTimeout as sleep } from 'node:timers/promises';
import { median, quantile } from '../src/lib/statistics.ts';
import { addressesIn, DnsPoll, isNoName } from './lib/dns-poll.ts';
import { EdgeFile } from './lib/edge-file.ts';
import { EdgeProcesses } from './lib/edge-processes.ts';
import { machineCpu, type ProcessUsage } from './lib/process-usage.ts';
import { atMost, benchmark, numbers, positive, type ReportOptions, startReport } from './lib/report.ts';
import { say } from './lib/rounds.ts';

interface EdgeOptions extends ReportOptions {
  readonly gateways: number;
  readonly services: number;
  readonly rounds: number;
  readonly nodes: readonly number[];
  readonly proxy: string;
}

const kinds = ['new', 'moved', 'removed'] as const;
type Kind = (typeof kinds)[number];
/** Milliseconds, one for each pair of a change and a gateway. */
type Times = Record<Kind, number[]>;

/** Milliseconds: what has not been answered by then will not be. */
const timeout = 10_000;
/** Milliseconds in which it is seen what goes on beside changes: checks, distances, signs of life. */
const idleFor = 20_000;
/** Nodes of the long series; the others take a quarter of its rounds. */
const usualNodes = 16;

export function edge() {
  return benchmark('edge', 'how long after a change of the edge file every gateway answers by it')
    .option('--gateways <n>', 'sites, with a gateway each', positive, 20)
    .option('--services <n>', 'services in the file', positive, 1000)
    .option('--rounds <n>', 'rounds of a new, a moved and a removed service', positive, 40)
    .option('--nodes <counts>', 'nodes that the copies are spread over', numbers, [1, 2, 4, 8, 16])
    .option('--proxy <program>', 'what the gateways run beside: haproxy, nginx or none', 'haproxy')
    .action(measure);
}

async function measure(options: EdgeOptions): Promise<void> {
  const { gateways, services, rounds, proxy } = options;
  const report = startReport('edge', options);
  const main = new EdgeFile(gateways, usualNodes, services);
  await using processes = await EdgeProcesses.start(main, proxy);
  const poll = await new DnsPoll().open();
  using _socket = { [Symbol.dispose]: () => poll.close() };
  say('once unmeasured');
  await series(processes, poll, main, 5);
  say('what all of them use while nothing changes');
  const idle = new Meter(processes);
  await sleep(idleFor);
  const beside = idle.read();
  const meter = new Meter(processes);
  const times = await series(processes, poll, main, rounds);
  const used = perChange(meter.read(), beside, kinds.length * rounds);
  const all = kinds.flatMap((kind) => times[kind]);
  say(`all: ${inWords(all)}`);
  for (const kind of kinds) say(`${kind}: ${inWords(times[kind])}`);
  say(`used: ${JSON.stringify(used)}`);
  const nodes = await byNodes(processes, poll, options);
  const { p50, p99 } = figuresOf(all);
  const atController = 10 + 0.3 * gateways;
  report.save(
    {
      ...figuresOf(all),
      gateways,
      services,
      rounds,
      proxy,
      used,
      kinds: Object.fromEntries(kinds.map((kind) => [kind, figuresOf(times[kind])])),
      nodes,
      times,
    },
    [
      atMost('milliseconds of CPU that a change costs a gateway', 3, used.gateway.change),
      atMost('milliseconds of CPU that a change costs the controller', atController, used.controller.change),
      atMost('milliseconds from the write to the right answer, half of all', 60, p50),
      atMost('milliseconds from the write to the right answer, 99 % of all', 150, p99),
    ],
    [
      {
        title: `From the write to the right answer, ${gateways} gateways, ${services} services`,
        x: 'nodes that the copies are spread over',
        y: 'milliseconds',
        series: (['p50', 'p99'] as const).map((name) => ({
          name,
          points: nodes.map((one) => ({ x: one.nodes, y: one[name] })),
        })),
        limits: [{ name: 'p99', value: 150 }],
      },
    ],
  );
}

/** The same with the copies on fewer nodes or more. */
async function byNodes(processes: EdgeProcesses, poll: DnsPoll, options: EdgeOptions) {
  const { gateways, services, rounds } = options;
  const result: ({ nodes: number } & ReturnType<typeof figuresOf>)[] = [];
  for (const nodes of options.nodes) {
    const file = new EdgeFile(gateways, nodes, services);
    // With the first change all services move to these nodes: that is not what is measured.
    await series(processes, poll, file, 1);
    const times = await series(processes, poll, file, Math.max(2, Math.round(rounds / 4)));
    const all = kinds.flatMap((kind) => times[kind]);
    say(`${nodes} nodes: ${inWords(all)}`);
    result.push({ nodes, ...figuresOf(all) });
  }
  return result;
}

/** Makes a service, moves another and removes the first again, each when all gateways answer by the change before. */
async function series(
  processes: EdgeProcesses,
  poll: DnsPoll,
  file: EdgeFile,
  rounds: number,
): Promise<Times> {
  const times: Times = { new: [], moved: [], removed: [] };
  const addresses = file.sites.map((site) => file.gatewayAddress(site));
  const change = async (kind: Kind, service: string, right: string | undefined) => {
    const began = processes.write(file);
    const answered = await poll.until(
      addresses,
      file.nameOf(service),
      (answer) => (right === undefined ? isNoName(answer) : addressesIn(answer).join() === right),
      timeout,
    );
    for (const at of answered.values()) times[kind].push(at - began);
    // Some time for each, so that no clock of anybody's beats with it.
    await sleep(150 + Math.random() * 200);
  };
  for (let round = 0; round < rounds; round++) {
    await change('new', 'new', file.place('new', file.nodeAfter('new')));
    const moved = `s${round}`;
    await change('moved', moved, file.place(moved, file.nodeAfter(moved)));
    file.remove('new');
    await change('removed', 'new', undefined);
  }
  return times;
}

/** What processes use in a while. */
interface Use {
  readonly seconds: number;
  /** Seconds of CPU. */
  readonly controller: number;
  /** Of one, on average. */
  readonly gateway: number;
  readonly controllerMiB: number;
  readonly gatewayMiB: number;
  /** Of the machine: more than a little, and the times are not to be trusted. */
  readonly coresUsedByOthers: number;
}

class Meter {
  readonly #processes: EdgeProcesses;
  readonly #before: ReturnType<EdgeProcesses['usage']>;
  readonly #began = performance.now();
  readonly #machine = machineCpu();
  readonly #own = process.cpuUsage();

  constructor(processes: EdgeProcesses) {
    this.#processes = processes;
    this.#before = processes.usage();
  }

  read(): Use {
    const { controller, gateways } = this.#processes.usage();
    const seconds = (performance.now() - this.#began) / 1000;
    const sum = (all: readonly ProcessUsage[]) => all.reduce((total, { cpu }) => total + cpu, 0);
    const ofController = controller.cpu - this.#before.controller.cpu;
    const ofGateways = sum(gateways) - sum(this.#before.gateways);
    const { user, system } = process.cpuUsage(this.#own);
    const ours = ofController + ofGateways + (user + system) / 1e6;
    return {
      seconds,
      controller: ofController,
      gateway: ofGateways / gateways.length,
      controllerMiB: controller.memory / 2 ** 20,
      gatewayMiB: median(gateways.map(({ memory }) => memory)) / 2 ** 20,
      coresUsedByOthers: Math.max(0, machineCpu() - this.#machine - ours) / seconds,
    };
  }
}

/**
 * What a change costs, in milliseconds of CPU: `change` without what the processes do beside, as it was measured before;
 * `all` with it.
 */
function perChange(used: Use, idle: Use, changes: number) {
  const of = (process: 'controller' | 'gateway') => {
    const beside = (idle[process] / idle.seconds) * used.seconds;
    const share = (seconds: number) => (seconds / changes) * 1000;
    return {
      change: share(used[process] - beside),
      all: share(used[process]),
      idleCores: idle[process] / idle.seconds,
    };
  };
  const { controllerMiB, gatewayMiB, coresUsedByOthers } = used;
  return {
    controller: { ...of('controller'), MiB: controllerMiB },
    gateway: { ...of('gateway'), MiB: gatewayMiB },
    coresUsedByOthers,
  };
}

function figuresOf(values: readonly number[]) {
  const quantiles = { p50: quantile(values, 0.5), p90: quantile(values, 0.9), p99: quantile(values, 0.99) };
  return { ...quantiles, maximum: Math.max(...values), pairs: values.length };
}

function inWords(values: readonly number[]): string {
  const { p50, p90, p99, maximum } = figuresOf(values);
  const [a, b, c, d] = [p50, p90, p99, maximum].map((value) => value.toFixed(1));
  return `p50 ${a} ms, p90 ${b} ms, p99 ${c} ms, at most ${d} ms`;
}
