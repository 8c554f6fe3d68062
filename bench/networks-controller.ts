import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { opens } from '../test/support/opens.ts';
import { until } from '../test/support/until.ts';
import { takingDown } from './lib/bench-host.ts';
import { PacketInLoad, portsOf } from './lib/packet-in-load.ts';
import { processUsage } from './lib/process-usage.ts';
import { atLeast, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';

interface ControllerOptions extends ReportOptions {
  readonly rounds: number;
  readonly packets: number;
}

const arms = ['heddle', 'os-ken'] as const;
type Arm = (typeof arms)[number];
const datapath = '0000aabbccddeeff';
/** Each learns 1,024 addresses at most, as Heddle's controller limits it. */
const ports = 64;
const mostPackets = ports * 1024;
const osKenPort = 16_653;
const warmUp = 10_000;
/** What is measured runs on one core, and the load on another. */
const cores = { load: '0', controller: '1' } as const;

export function networksController() {
  return benchmark('networks-controller', 'packet-ins a second of the OpenFlow controller, beside os-ken')
    .option('--rounds <n>', 'rounds, each controller once in each', positive, 3)
    .option('--packets <n>', `packet-ins of each, at most ${mostPackets - warmUp}`, positive, 40_000)
    .action(measure);
}

async function measure(options: ControllerOptions): Promise<void> {
  const report = startReport('networks-controller', options);
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-controller-'));
  const running: ChildProcess[] = [];
  const end = async (child: ChildProcess | undefined) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const remove = takingDown(async () => {
    for (const child of running) await end(child);
    rmSync(folder, { recursive: true });
  });
  execFileSync('taskset', ['-a', '-p', '-c', cores.load, String(process.pid)]);
  const start = (command: readonly string[]) => {
    const args = ['-c', cores.controller, ...command];
    const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: folder });
    running.push(child);
    return child;
  };
  const file = (name: string) => path.join(import.meta.dirname, 'lib', name);
  const started: Record<
    Arm,
    () => Promise<{ child: ChildProcess; where: Parameters<typeof PacketInLoad.open>[0] }>
  > = {
    heddle: async () => {
      const socket = path.join(folder, 'controller.sock');
      const child = start([
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        file('controller-process.ts'),
        socket,
        datapath,
        String(ports),
      ]);
      await once(child.stdout!, 'data');
      return { child, where: { path: socket } };
    },
    'os-ken': async () => {
      const address = ['--ofp-listen-host', '127.0.0.1', '--ofp-tcp-listen-port', String(osKenPort)];
      const child = start(['osken-manager', ...address, file('os-ken-learning.py')]);
      await until('os-ken listens', () => opens('127.0.0.1', osKenPort));
      return { child, where: { port: osKenPort } };
    },
  };
  try {
    const figures = await alternate(arms, options.rounds, async (arm) => {
      const { child, where } = await started[arm]();
      const load = await PacketInLoad.open(where, datapath, portsOf(ports));
      await load.measure(warmUp);
      const before = processUsage(child.pid!).cpu;
      const rate = await load.measure(options.packets);
      // What else runs on the core takes its time, and not what a packet-in costs.
      const perCore = options.packets / (processUsage(child.pid!).cpu - before);
      load.close();
      await end(child);
      say(`${arm}: ${Math.round(rate)} packet-ins a second, ${Math.round(perCore)} in a second of its CPU`);
      return { rate, perCore };
    });
    const all = (arm: Arm, of: 'rate' | 'perCore') => figures[arm].map((one) => one[of]);
    for (const arm of arms)
      say(`${arm}: ${inWords(summarize(all(arm, 'perCore')), (rate) => `${Math.round(rate)}/s`)} of CPU`);
    const ratio = (of: 'rate' | 'perCore') => median(ratios(all('heddle', of), all('os-ken', of)));
    report.save(
      { ...options, ports, warmUp, ratios: { rate: ratio('rate'), perCore: ratio('perCore') }, figures },
      [
        atLeast('packet-ins a second, times os-ken’s on the same core', 1, ratio('rate')),
        atLeast('packet-ins in a second of CPU, times os-ken’s', 1, ratio('perCore')),
      ],
      [
        {
          title: 'Packet-ins in a second of CPU',
          x: '',
          y: '1/s',
          series: [
            {
              name: 'learned, with two flows each',
              points: arms.map((x) => {
                const { mean, interval } = summarize(all(x, 'perCore'));
                return interval ? { x, y: mean, interval } : { x, y: mean };
              }),
            },
          ],
        },
      ],
    );
  } finally {
    await remove();
  }
}
