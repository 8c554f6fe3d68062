import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { takingDown } from './lib/bench-host.ts';
import { ChainPath, type Pause } from './lib/chain-path.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';

interface ChainsOptions extends ReportOptions {
  readonly rounds: number;
  readonly seconds: number;
}

/** Arms by how many functions stand in the path. */
const lengths = ['0', '1', '2', '3'] as const;
type Length = (typeof lengths)[number];
const bars = { 1: 0.95, 2: 0.9, 3: 0.85 } as const;
const requests = 1000;
/** What is done to a path under a steady load, in this order, and to how many functions it leads then. */
const splices = { 'the first comes': 1, 'another comes': 2, 'one goes': 1, 'the last goes': 0 } as const;
type Splice = keyof typeof splices;

export function chains() {
  return benchmark(
    'chains',
    'what functions in a path cost, beside none, and what it costs to put them there',
  )
    .option('--rounds <n>', 'rounds, each length once in each', positive, 10)
    .option('--seconds <n>', 'of each stream', positive, 1)
    .action(measure);
}

async function measure(options: ChainsOptions): Promise<void> {
  const report = startReport('chains', options);
  const made: ChainPath[] = [];
  const remove = takingDown(async () => {
    for (const path of made) await path.remove();
  });
  try {
    const paths = {} as Record<Length, ChainPath>;
    for (const length of lengths) {
      paths[length] = await ChainPath.start(length, Number(length));
      made.push(paths[length]);
    }
    const speeds = await alternate(lengths, options.rounds, (length) =>
      paths[length].stream('-t', String(options.seconds)),
    );
    const delays = await alternate(lengths, options.rounds, async (length) =>
      median(await paths[length].delays(requests)),
    );
    for (const length of lengths)
      say(
        `${length} functions: ${inWords(summarize(speeds[length]), gigabits)}; there and back ${median(delays[length]).toFixed(3)} ms`,
      );
    const pauses = await spliced(options.rounds, made);
    const worst = (splice: Splice, of: keyof Pause) => Math.max(...pauses[splice].map((one) => one[of]));
    for (const splice of Object.keys(splices) as Splice[])
      say(
        `${splice}: longest without an answer ${inWords(summarize(pauses[splice].map(({ gap }) => gap)), (ms) => `${ms.toFixed(1)} ms`)}, at most ${worst(splice, 'gap').toFixed(1)} ms; ${worst(splice, 'lost')} lost`,
      );
    const ofNone = (length: Length) => median(ratios(speeds[length], speeds[0]));
    const added = ((median(delays[3]) - median(delays[0])) * 1000) / 2 / 3;
    report.save(
      {
        ...options,
        ratios: { 1: ofNone('1'), 2: ofNone('2'), 3: ofNone('3') },
        added,
        speeds,
        delays,
        pauses,
      },
      [
        ...(['1', '2', '3'] as const).map((length) =>
          atLeast(`TCP through ${length}, of none`, bars[length], ofNone(length)),
        ),
        atMost('microseconds that a function adds, each way', 15, added),
        ...(Object.keys(splices) as Splice[]).flatMap((splice) => [
          atMost(`${splice}: milliseconds without an answer, at most`, 10, worst(splice, 'gap')),
          atMost(`${splice}: requests lost`, 0, worst(splice, 'lost')),
        ]),
      ],
      [
        {
          title: 'TCP through functions in a path',
          x: 'functions',
          y: 'Gbit/s',
          series: [
            {
              name: 'one stream',
              points: lengths.map((x) => {
                const { mean, interval } = summarize(speeds[x].map((bits) => bits / 1e9));
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

async function spliced(rounds: number, made: ChainPath[]): Promise<Record<Splice, Pause[]>> {
  const path = await ChainPath.start('s', 2);
  made.push(path);
  await path.lead(0);
  return alternateInOrder(rounds, (splice) => path.pause(() => path.lead(splices[splice])));
}

/** One after the other: each begins where the one before has ended. */
async function alternateInOrder(
  rounds: number,
  measure: (splice: Splice) => Promise<Pause>,
): Promise<Record<Splice, Pause[]>> {
  const names = Object.keys(splices) as Splice[];
  const pauses = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Splice, Pause[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of names) pauses[name].push(await measure(name));
  return pauses;
}

function gigabits(bits: number): string {
  return `${(bits / 1e9).toFixed(2)} Gbit/s`;
}
