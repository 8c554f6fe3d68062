import { setTimeout as wait } from 'node:timers/promises';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { takingDown } from './lib/bench-host.ts';
import { ChainPath } from './lib/chain-path.ts';
import { ProgramCost } from './lib/program-cost.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say } from './lib/rounds.ts';
import { switchTelemetry } from './lib/telemetry-switch.ts';

interface TelemetryOptions extends ReportOptions {
  readonly rounds: number;
}

const arms = ['off', 'on'] as const;
const functions = 3;
const requests = 200;
/** Milliseconds of each turn. */
const turn = 300;
/** Milliseconds in which what was done before it has no weight any more. */
const settling = 50;
/** What is sent: as the kernel sends it, and in packets that nobody puts together. */
const streams = {
  'TCP, one stream': [],
  'TCP, segments of 536 bytes': ['-M', '536'],
  'UDP, 64 bytes, as fast as it goes': ['-u', '-b', '0', '-l', '64'],
} as const satisfies Record<string, readonly string[]>;

export function chainsTelemetry() {
  return benchmark('chains-telemetry', 'what it costs to count and time what passes functions')
    .option('--rounds <n>', 'rounds, with and without in each', positive, 60)
    .action(measure);
}

async function measure(options: TelemetryOptions): Promise<void> {
  const report = startReport('chains-telemetry', options);
  let path: ChainPath | undefined;
  const remove = takingDown(async () => path?.remove());
  try {
    const chain = await ChainPath.start('t', functions);
    path = chain;
    const shares: Record<string, number[]> = {};
    for (const [name, stream] of Object.entries(streams)) {
      // In one stream, which does not begin anew with each turn.
      const speeds = await chain.whileStreaming(stream, () =>
        alternate(arms, options.rounds, async (arm) => {
          await switchTelemetry(chain.project, arm === 'on');
          await wait(settling);
          return chain.received(turn);
        }),
      );
      shares[name] = ratios(speeds.on, speeds.off);
      say(`${name}, with telemetry of without: ${inWords(summarize(shares[name]), percent)}`);
    }
    const delays = await alternate(arms, options.rounds, async (arm) => {
      await switchTelemetry(chain.project, arm === 'on');
      return median(await chain.delays(requests));
    });
    const added = delays.on.map(
      (one, round) => ((one - (delays.off[round] ?? Number.NaN)) * 1000) / 2 / functions,
    );
    say(`added by each function, each way: ${inWords(summarize(added), microseconds)}`);
    const costs = await programCosts(chain, options.rounds);
    const shareOfCore = summarize(costs.map(({ cores }) => cores));
    say(
      `the programs, while TCP passes: ${inWords(shareOfCore, percent)} of a core; ${inWords(summarize(costs.map(({ gigabits }) => gigabits)), (one) => `${one.toFixed(2)} Gbit/s`)}; ${inWords(summarize(costs.map(({ run }) => run)), (one) => `${one.toFixed(0)} ns`)} a run`,
    );
    report.save(
      { ...options, ratios: shares, added, delays, costs },
      [
        atLeast(
          'TCP through three, with telemetry of without',
          0.99,
          median(shares['TCP, one stream'] ?? []),
        ),
        atMost('microseconds that it adds to a function, each way', 2, median(added)),
      ],
      [],
    );
  } finally {
    await remove();
  }
}

/** What the programs take while one stream of TCP passes, as the kernel counts it. */
interface Cost {
  readonly cores: number;
  /** Nanoseconds, of one program for one frame. */
  readonly run: number;
  /** A second, of what passes. */
  readonly gigabits: number;
}

async function programCosts(chain: ChainPath, rounds: number): Promise<Cost[]> {
  await switchTelemetry(chain.project, true);
  using cost = new ProgramCost(chain.project);
  // Not before it is over: then nothing is counted any more.
  return await chain.whileStreaming([], async () => {
    const costs: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      const [began, before] = [performance.now(), await cost.taken()];
      const bytes = await chain.received(turn);
      const [ended, after] = [performance.now(), await cost.taken()];
      const time = after.time - before.time;
      costs.push({
        cores: time / 1e6 / (ended - began),
        run: time / (after.runs - before.runs),
        gigabits: (bytes * 8) / 1e9,
      });
    }
    return costs;
  });
}

function microseconds(value: number): string {
  return `${value.toFixed(2)} µs`;
}
