import { summarize } from '../src/lib/statistics.ts';
import { installPackage } from '../test/support/setup.ts';
import { takingDown } from './lib/bench-host.ts';
import { type KillCost, KilledHost, type Victim } from './lib/killed-host.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say, seconds } from './lib/rounds.ts';

interface KillOptions extends ReportOptions {
  readonly rounds: number;
}

const victims: readonly Victim[] = ['node', 'service'];

export function networksKill() {
  return benchmark('networks-kill', 'what a kill of the node, or of a service, costs those on its networks')
    .option('--rounds <n>', 'kills of each', positive, 10)
    .action(measure);
}

async function measure(options: KillOptions): Promise<void> {
  const report = startReport('networks-kill', options);
  say('packing and installing heddle');
  installPackage();
  const hosts = { node: new KilledHost('node'), service: new KilledHost('service') };
  const remove = takingDown(async () => {
    for (const victim of victims) await hosts[victim].remove();
  });
  try {
    for (const victim of victims) await hosts[victim].start();
    const figures = await alternate(victims, options.rounds, async (victim) => {
      const cost = await hosts[victim].kill();
      say(`${victim}: as it should be after ${seconds(cost.converged)}, ${cost.lost} pings lost meanwhile`);
      return cost;
    });
    const all = (victim: Victim, of: keyof KillCost) => figures[victim].map((one) => one[of]);
    const summaries = victims.map((victim) => summarize(all(victim, 'converged')));
    for (const [index, victim] of victims.entries())
      say(`${victim}: as it should be after ${inWords(summaries[index]!, seconds)}`);
    report.save(
      { ...options, figures },
      victims.flatMap((victim) => [
        atMost(
          `${victim}: pings lost, of one each 10 ms in two networks`,
          0,
          Math.max(...all(victim, 'lost')),
        ),
        atMost(
          `${victim}: seconds until all is as kept, at most`,
          2,
          Math.max(...all(victim, 'converged')) / 1000,
        ),
      ]),
      [
        {
          title: 'Until all is as kept, after a kill',
          x: '',
          y: 's',
          series: [
            {
              name: 'from its return, the service’s from the kill',
              points: victims.map((x, index) => {
                const { mean, interval } = summaries[index]!;
                const [low, high] = interval ?? [mean, mean];
                return { x, y: mean / 1000, interval: [low / 1000, high / 1000] as const };
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
