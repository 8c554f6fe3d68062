import { summarize } from '../src/lib/statistics.ts';
import { takingDown } from './lib/bench-host.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { inWords, say } from './lib/rounds.ts';
import { type SwitchCost, SwitchHost } from './lib/switch-host.ts';

interface SwitchOptions extends ReportOptions {
  readonly rounds: number;
  readonly endpoints: number;
}

const directions = ['sdn', 'ip'] as const;

export function netSwitch() {
  return benchmark('net-switch', 'what a network’s change from ip to sdn and back costs those on it')
    .option('--rounds <n>', 'changes there and back', positive, 10)
    .option('--endpoints <n>', 'on the network, with a connection each to one of them', positive, 5)
    .action(measure);
}

async function measure(options: SwitchOptions): Promise<void> {
  const report = startReport('net-switch', options);
  const host = new SwitchHost();
  const remove = takingDown(() => host.remove());
  try {
    await host.start(options.endpoints);
    const figures: Record<(typeof directions)[number], SwitchCost[]> = { sdn: [], ip: [] };
    for (let round = 0; round < options.rounds; round++) {
      for (const to of directions) {
        const cost = await host.switchTo(to);
        figures[to].push(cost);
        const { took, silent, waited, lost } = cost;
        say(
          `to ${to} in ${milliseconds(took)}: ${milliseconds(silent)} without packets, connections waited ${milliseconds(waited)}, ${lost} lost`,
        );
      }
    }
    const summaries = directions.map((to) => summarize(figures[to].map(({ waited }) => waited)));
    for (const [index, to] of directions.entries())
      say(`to ${to}: connections wait ${inWords(summaries[index]!, milliseconds)}`);
    const all = directions.flatMap((to) => figures[to]);
    const worst = (of: keyof SwitchCost) => Math.max(...all.map((one) => one[of]));
    report.save(
      { ...options, figures },
      [
        atMost('seconds without packets, at most', 0.3, worst('silent') / 1000),
        atMost('open TCP connections lost', 0, worst('lost')),
      ],
      [
        {
          title: 'What open connections wait while a network changes',
          x: '',
          y: 'ms',
          series: [
            {
              name: 'the longest wait of any',
              points: directions.map((to, index) => {
                const { mean, interval } = summaries[index]!;
                const x = to === 'sdn' ? 'ip to sdn' : 'sdn to ip';
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

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
