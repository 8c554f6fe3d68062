import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { type BenchHost, startHost } from './lib/bench-host.ts';
import { ChainApplication } from './lib/chain-application.ts';
import { chainFile, functions } from './lib/chain-files.ts';
import { processUsage } from './lib/process-usage.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say, seconds } from './lib/rounds.ts';

interface ProofOptions extends ReportOptions {
  readonly rounds: number;
  readonly chains: number;
}

const arms = ['one', 'many'] as const;
type Arm = (typeof arms)[number];
/** What chains lead to: an end has 64 chains at most. */
const servers = Array.from({ length: 5 }, (_, index) => `db${index}`);

/** Milliseconds. */
interface Change {
  /** Of `heddle up`, which changes the last chain. */
  readonly up: number;
  /** Of the processor, by the node meanwhile. */
  readonly cpu: number;
  /** Of `heddle chain prove`, of that chain. */
  readonly prove: number;
}

export function chainsProof() {
  return benchmark('chains-proof', 'how long the proof of a chain takes, and a change of one beside others')
    .option('--rounds <n>', 'changes, each of one chain alone and of one of many', positive, 6)
    .option('--chains <n>', 'how many are many', positive, 100)
    .action(measure);
}

async function measure(options: ProofOptions): Promise<void> {
  const report = startReport('chains-proof', options);
  await using bench = await startHost();
  const counts: Readonly<Record<Arm, number>> = { one: 1, many: options.chains };
  const changed = { one: 0, many: 0 };
  const applications = {} as Record<Arm, ChainApplication>;
  for (const arm of arms) {
    applications[arm] = new ChainApplication(bench.host, `heddle-bench-proof-${arm}`);
    say(`${arm}: up after ${seconds(await applications[arm].up(fileOf(counts[arm], 0)))}`);
  }
  const changes = await alternate(arms, options.rounds, async (arm, round) => {
    const text = fileOf(counts[arm], ++changed[arm]);
    const one = await change(bench, applications[arm], text, nameOf(counts[arm] - 1));
    say(
      `round ${round + 1}, ${counts[arm]} chains: changed in ${seconds(one.up)}, ${one.cpu.toFixed(0)} ms of CPU; proved in ${seconds(one.prove)}`,
    );
    return one;
  });
  const all = (arm: Arm, of: keyof Change) => changes[arm].map((one) => one[of]);
  const flat = (of: keyof Change) => median(ratios(all('many', of), all('one', of)));
  for (const arm of arms)
    say(
      `${counts[arm]} chains: a change ${inWords(summarize(all(arm, 'up')), seconds)}; a proof ${inWords(summarize(all(arm, 'prove')), seconds)}`,
    );
  report.save(
    { ...options, changes, ratios: { up: flat('up'), cpu: flat('cpu'), prove: flat('prove') } },
    [
      atMost('seconds of a proof of three functions, at most', 1, Math.max(...all('one', 'prove')) / 1000),
      atMost(`a change of one of ${options.chains} chains, of one alone`, 1.2, flat('up')),
      atMost(`the same in CPU of the node`, 1.2, flat('cpu')),
      atMost(`a proof of one of ${options.chains} chains, of one alone`, 1.2, flat('prove')),
    ],
    [
      {
        title: 'A change of one chain, and its proof',
        x: 'chains',
        y: 's',
        series: (['up', 'prove'] as const).map((of) => ({
          name: of === 'up' ? 'heddle up' : 'heddle chain prove',
          points: arms.map((arm) => {
            const { mean, interval } = summarize(all(arm, of).map((one) => one / 1000));
            return interval ? { x: counts[arm], y: mean, interval } : { x: counts[arm], y: mean };
          }),
        })),
      },
    ],
  );
}

async function change(
  { host }: BenchHost,
  application: ChainApplication,
  text: string,
  chain: string,
): Promise<Change> {
  const pid = await host.nodePid();
  const before = processUsage(pid).cpu;
  const up = await application.up(text);
  const cpu = (processUsage(pid).cpu - before) * 1000;
  return { up, cpu, prove: await application.prove(chain) };
}

/** The same services, whatever the chains; the last of these changes the order of its functions with each version. */
function fileOf(chains: number, version: number): string {
  const turned = version % 2 === 0 ? functions : functions.toReversed();
  return chainFile(
    servers,
    Array.from({ length: chains }, (_, index) => ({
      name: nameOf(index),
      // The last leads to the same, however many there are.
      to: servers[(chains - 1 - index) % servers.length] ?? '',
      port: 8000 + chains - 1 - index,
      through: index === chains - 1 ? turned : functions,
    })),
  );
}

function nameOf(index: number): string {
  return `chain${index + 1}`;
}
