import { median, summarize } from '../src/lib/statistics.ts';
import { until } from '../test/support/until.ts';
import { startHost } from './lib/bench-host.ts';
import { ChainApplication } from './lib/chain-application.ts';
import { chainFile, functions } from './lib/chain-files.ts';
import { PacketTimes } from './lib/packet-times.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say } from './lib/rounds.ts';
import { SteadyPings } from './lib/steady-pings.ts';
import { type WatchCost, watchCosts } from './lib/watch-cost.ts';

interface ReactionOptions extends ReportOptions {
  readonly rounds: number;
  readonly chains: number;
  readonly seconds: number;
}

const project = 'heddle-bench-reaction';
/** The function that is killed, and mutes. */
const victim = 'ids-1';
/** Milliseconds for which nothing has passed, after which nothing does. */
const quiet = 1000;
/** What is done to a function, and the milliseconds in which that is to be answered. */
const bars = { 'killed, closed': 250, 'killed, open': 250, 'lets nothing through': 5000 } as const;
type Fault = keyof typeof bars;
const faults = Object.keys(bars) as Fault[];

/** Milliseconds. */
interface Reaction {
  /** Until it was answered, or found. */
  readonly after: number;
  /** Pings without an answer, where the chain goes on. */
  readonly lost?: number;
  /** Of the longest time without an answer, there. */
  readonly gap?: number;
}

export function chainsReaction() {
  return benchmark(
    'chains-reaction',
    'how soon it is answered that a function fails, and what it costs to watch for that',
  )
    .option('--rounds <n>', 'faults of each kind, and turns for the cost', positive, 3)
    .option('--chains <n>', 'that are watched, for the cost', positive, 10)
    .option('--seconds <n>', 'of each turn, for the cost', positive, 20)
    .action(measure);
}

async function measure(options: ReactionOptions): Promise<void> {
  const report = startReport('chains-reaction', options);
  await using bench = await startHost();
  const application = new ChainApplication(bench.host, project);
  const reactions = await alternate(faults, options.rounds, async (fault, round) => {
    await application.up(fileOf(fault === 'killed, open' ? 'open' : 'closed'));
    await application.untilChains('proven', ({ bypassed }) => bypassed.length === 0);
    const one = await fail[fault](application);
    const lost = one.lost === undefined ? '' : `, ${one.lost} pings lost, ${one.gap?.toFixed(0)} ms without`;
    say(`round ${round + 1}, ${fault}: answered after ${one.after.toFixed(0)} ms${lost}`);
    return one;
  });
  const costs = await watchCosts(application, options);
  const added = (of: keyof WatchCost) =>
    median(costs.watched.map((one, at) => one[of] - (costs.none[at]?.[of] ?? 0)));
  for (const fault of faults)
    say(
      `${fault}: ${inWords(summarize(reactions[fault].map(({ after }) => after)), (ms) => `${ms.toFixed(0)} ms`)}`,
    );
  say(
    `${options.chains} chains watched add ${percent(added('own'))} of a core, ${percent(added('machine'))} by all that the machine does`,
  );
  report.save(
    { ...options, reactions, costs },
    [
      ...faults.map((fault) =>
        atMost(
          `${fault}: milliseconds until it is answered, at most`,
          bars[fault],
          Math.max(...reactions[fault].map(({ after }) => after)),
        ),
      ),
      atMost(`% of a core to watch ${options.chains} chains of three`, 1, added('own') * 100),
    ],
    [
      {
        title: 'Until a fault of a function is answered',
        x: '',
        y: 'milliseconds, median',
        series: faults.map((name) => ({
          name,
          points: [{ x: '', y: median(reactions[name].map(({ after }) => after)) }],
        })),
        limits: [{ name: '250 ms', value: 250 }],
      },
    ],
  );
}

const fileOf = (onFailure: 'closed' | 'open') =>
  chainFile(['db'], [{ name: 'front', to: 'db', through: functions, onFailure }]);

/** Does what each fault is. */
const fail: Readonly<Record<Fault, (application: ChainApplication) => Promise<Reaction>>> = {
  // The bridge of its wire goes on without its program: the last answer is when the chain was closed.
  'killed, closed': async (application) => {
    using pings = await pinging(application);
    const began = kill(application);
    await until('nothing passes', () => Date.now() - Math.max(pings.last, began) > quiet, 30_000, 10);
    return { after: pings.last - began };
  },
  // Likewise the last packet within it is when it was led around.
  'killed, open': async (application) => {
    using pings = await pinging(application);
    using within = new PacketTimes(insideOf(application, victim));
    await within.passing();
    await pings.further(100);
    const began = kill(application);
    await until('nothing passes it', () => Date.now() - Math.max(within.last, began) > quiet, 30_000, 10);
    await pings.further(100);
    return { after: within.last - began, ...pings.since(began) };
  },
  'lets nothing through': async (application) => {
    const silence = '{ type filter hook forward priority 0; policy drop; }';
    const mute = `add table bridge mute; add chain bridge mute silence ${silence}`;
    // To ask for the chain would keep the node from finding out.
    const after = await application.untilLogged('a chain is broken', () =>
      application.within(victim, 'nft', mute),
    );
    application.within(victim, 'nft', 'delete', 'table', 'bridge', 'mute');
    return { after };
  },
};

async function pinging(application: ChainApplication): Promise<SteadyPings> {
  const pings = new SteadyPings(insideOf(application, 'web-1'), application.address('db-1'));
  await pings.further(100);
  return pings;
}

/** Kills the victim's program; when that was, in milliseconds of the wall clock. */
function kill(application: ChainApplication): number {
  const pid = application.pid(victim);
  const began = Date.now();
  process.kill(pid, 'SIGKILL');
  return began;
}

function insideOf(application: ChainApplication, pod: string): string[] {
  return ['-t', String(application.pid(`${pod}.sandbox`)), '-n'];
}
