import { setTimeout as wait } from 'node:timers/promises';
import { quantile, summarize } from '../src/lib/statistics.ts';
import type { ConnectionsOutcome } from '../test/support/connections.ts';
import { serverPort } from '../test/support/flow-witness.ts';
import { InstanceWitnesses } from '../test/support/instance-witnesses.ts';
import { LoadedChain } from '../test/support/loaded-chain.ts';
import { tiny } from '../test/support/tiny.ts';
import { startHost } from './lib/bench-host.ts';
import { ChainApplication } from './lib/chain-application.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say, seconds } from './lib/rounds.ts';

interface UpgradeOptions extends ReportOptions {
  readonly rounds: number;
  readonly rate: number;
}

const project = 'heddle-bench-upgrade';
const arms = ['nothing is done', 'a new version comes'] as const;
/** Milliseconds of a turn in which nothing is done, about as long as an upgrade takes. */
const turn = 5000;
/** Milliseconds for which flows go on to come before what is kept open ends. */
const going = 1000;
/** Connections that are open all the while. */
const kept = 20;

/** What became of the connections of a turn. */
interface Turn {
  readonly opened: number;
  readonly failed: number;
  /** Why, each once. */
  readonly failures: readonly string[];
  /** Kept open, and ended by something else than their ends. */
  readonly broken: number;
  /** Seen within both versions. */
  readonly moved: number;
  /** Seen within neither, on their way there or back. */
  readonly around: number;
  /** Seen within the new version. */
  readonly taken: number;
  /** Milliseconds of a connection, there and back. */
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
  /** Milliseconds of `heddle up`, of which what was kept open made it wait some. */
  readonly up: number | null;
}

const file = (version: number) => `
services:
  web: { ${tiny}, init: true, networks: [lab], stop_grace_period: 1s, command: sleep infinity }
  db: { ${tiny}, init: true, networks: [lab], stop_grace_period: 1s, command: sleep infinity }
  fw:
    ${tiny.replace(', build:', '\n    build:')}
    init: true
    network_mode: none
    stop_grace_period: 1s
    environment: { VERSION: "${version}" }
    command: sleep infinity
    deploy: { update_config: { order: start-first } }
    x-heddle: { function: { mode: wire, drain: 5m } }
networks: { lab: {} }
x-heddle:
  chains: [{ name: front, from: web, to: db, match: { ports: [${serverPort}/tcp] }, through: [fw] }]
`;

export function chainsUpgrade() {
  return benchmark(
    'chains-upgrade',
    'what becomes of connections while a function of their chain is upgraded',
  )
    .option('--rounds <n>', 'upgrades, and as many turns without', positive, 5)
    .option('--rate <n>', 'new connections a second', positive, 500)
    .action(measure);
}

async function measure(options: UpgradeOptions): Promise<void> {
  const report = startReport('chains-upgrade', options);
  await using bench = await startHost();
  const application = new ChainApplication(bench.host, project);
  let version = 1;
  await application.up(file(version));
  using load = await LoadedChain.start(
    application.namespace('web-1'),
    application.namespace('db-1'),
    application.address('db-1'),
  );
  const turns = await alternate(arms, options.rounds, async (arm, round) => {
    using witnesses = await InstanceWitnesses.of(`${project}-fw-1`);
    await load.begin(options.rate, kept);
    let up: number | null = null;
    if (arm === 'nothing is done') await wait(turn);
    else {
      const done = application.up(file(++version));
      await witnesses.untilTaken();
      await wait(going);
      await load.close();
      up = await done;
      await wait(going);
    }
    const one = judged(await load.end(), witnesses, up);
    say(`round ${round + 1}, ${arm}: ${inShort(one)}`);
    return one;
  });
  for (const arm of arms)
    say(
      `${arm}: ${inWords(summarize(turns[arm].map(({ p99 }) => p99)), (ms) => `${ms.toFixed(1)} ms`)} for 99 % of connections`,
    );
  const upgraded = turns['a new version comes'];
  const sum = (of: 'failed' | 'broken' | 'moved' | 'around') =>
    upgraded.reduce((total, one) => total + one[of], 0);
  report.save(
    { ...options, turns },
    [
      atMost(`upgrade at ${options.rate} connections a second: connections that failed`, 0, sum('failed')),
      atMost('upgrade: connections kept open that broke', 0, sum('broken')),
      atMost('upgrade: connections that moved to the other version', 0, sum('moved')),
      atMost('upgrade: connections that passed neither version', 0, sum('around')),
    ],
    [
      {
        title: 'A connection while a function is upgraded',
        x: '',
        y: 'ms, 99 % of them',
        series: arms.map((name) => ({
          name,
          points: [{ x: '', y: summarize(turns[name].map(({ p99 }) => p99)).median }],
        })),
      },
    ],
  );
}

function judged(outcome: ConnectionsOutcome, witnesses: InstanceWitnesses, up: number | null): Turn {
  const ports = [...outcome.opened, ...outcome.kept];
  const { moved, around, taken } = witnesses.judge(ports);
  return {
    opened: ports.length,
    failed: outcome.failures.length,
    failures: [...new Set(outcome.failures)],
    broken: outcome.broken.length,
    moved,
    around,
    taken,
    median: quantile(outcome.took, 0.5),
    p99: quantile(outcome.took, 0.99),
    longest: Math.max(...outcome.took),
    up,
  };
}

function inShort({ opened, failed, failures, broken, moved, around, taken, p99, longest, up }: Turn): string {
  const done = up === null ? '' : `, ${taken} by the new version, up ${seconds(up)}`;
  const why = failures.length > 0 ? ` (${failures.join('; ')})` : '';
  return `${opened} connections, ${failed} failed${why}, ${broken} broke, ${moved} moved, ${around} around${done}; 99 % within ${p99.toFixed(1)} ms, all within ${longest.toFixed(0)} ms`;
}
