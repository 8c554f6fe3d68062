import { summarize } from '../src/lib/statistics.ts';
import { takingDown } from './lib/bench-host.ts';
import { BurstHost } from './lib/burst-host.ts';
import { atLeast, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, percent, say } from './lib/rounds.ts';

interface BurstOptions extends ReportOptions {
  readonly rounds: number;
  readonly messages: number;
  readonly bytes: number;
  readonly receivers: number;
}

const arms = ['say', 'send'] as const;

export function etarchBurst() {
  return benchmark(
    'etarch-burst',
    'what of a burst the members of a workspace hear, when its sender waits and when not',
  )
    .option('--rounds <n>', 'rounds, each way once in each', positive, 5)
    .option('--messages <n>', 'at once', positive, 2000)
    .option('--bytes <n>', 'of each', positive, 1000)
    .option('--receivers <n>', 'on the same node', positive, 39)
    .action(measure);
}

async function measure(options: BurstOptions): Promise<void> {
  const report = startReport('etarch-burst', options);
  const host = new BurstHost();
  const remove = takingDown(() => host.remove());
  try {
    await host.start(options.receivers);
    const figures = await alternate(arms, options.rounds, async (arm) => {
      const found = await host.burst(options.messages, options.bytes, arm === 'send');
      say(`${arm}: ${percent(found.heard)} heard, the last after ${Math.round(found.took)} ms`);
      return found;
    });
    const heard = (arm: (typeof arms)[number]) => figures[arm].map((one) => one.heard);
    for (const arm of arms) say(`${arm}: ${inWords(summarize(heard(arm)), percent)}`);
    report.save(
      { ...options, figures },
      [atLeast('part heard of what a sender waits with, in the worst round', 1, Math.min(...heard('send')))],
      [
        {
          title: 'Heard of a burst',
          x: '',
          y: 'part',
          series: [
            {
              name: 'of all messages to all members',
              points: arms.map((x) => {
                const { mean, interval } = summarize(heard(x));
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
