import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EdgeAtScale } from './lib/edge-at-scale.ts';
import { atMost, benchmark, numbers, positive, type ReportOptions, startReport } from './lib/report.ts';
import { say } from './lib/rounds.ts';
import { quantile, summarize } from './lib/statistics.ts';

interface ScaleOptions extends ReportOptions {
  readonly gateways: number;
  readonly sample: number;
  readonly services: readonly number[];
  readonly copies: number;
  readonly changes: number;
}

export function edgeScale() {
  return benchmark(
    'edge-scale',
    'what one change costs the controller and a gateway, by how many services there are',
  )
    .option('--gateways <n>', 'sites, with a gateway each', positive, 1000)
    .option('--sample <n>', 'gateways whose views are computed; each costs the same', positive, 20)
    .option('--services <counts>', 'services', numbers, [1000, 10_000, 50_000])
    .option('--copies <n>', 'endpoints of each service', positive, 1)
    .option('--changes <n>', 'copies that move, one after the other', positive, 2500)
    .action(measure);
}

async function measure(options: ScaleOptions): Promise<void> {
  const { gateways, sample, copies, changes } = options;
  const report = startReport('edge-scale', options);
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-scale-'));
  const results: Result[] = [];
  try {
    for (const services of options.services) {
      const edge = await EdgeAtScale.create({ gateways, sample, services, copies, folder });
      for (let warm = 0; warm < 50; warm++) edge.change();
      const costs = Array.from({ length: changes }, () => edge.change());
      const result: Result = {
        services,
        endpoints: services * copies,
        ...summary(costs, gateways / sample),
        ...edge.sizes(),
      };
      say(JSON.stringify(result));
      results.push(result);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const growth = (of: (one: (typeof results)[number]) => number) => {
    const [least, most] = [results[0], results.at(-1)];
    return least && most ? of(most) / of(least) : Number.NaN;
  };
  report.save(
    { gateways, sample, copies, changes, results },
    [
      atMost(
        'most services over least: half of all changes, all gateways',
        1.5,
        growth((one) => one.controller.p50),
      ),
      atMost(
        'most services over least: on average, all gateways',
        1.5,
        growth((one) => one.controller.mean),
      ),
      atMost(
        'most services over least: half of all changes, a gateway',
        1.5,
        growth((one) => one.gateway.p50),
      ),
    ],
    [
      {
        title: `What one change costs, ${gateways} gateways`,
        x: 'services',
        y: 'milliseconds',
        series: (['p50', 'mean'] as const).map((name) => ({
          name: `controller, ${name}`,
          points: results.map((one) => ({ x: one.services, y: one.controller[name] })),
        })),
      },
    ],
  );
}

interface Result extends ReturnType<typeof summary>, ReturnType<EdgeAtScale['sizes']> {
  readonly services: number;
  readonly endpoints: number;
}

interface Cost {
  readonly controller: number;
  readonly gateway: number;
}

/** @param times that the controller does it for the gateways that were not looked at */
function summary(costs: readonly Cost[], times: number) {
  const of = (values: readonly number[]) => ({
    p50: summarize(values).median,
    mean: summarize(values).mean,
    p99: quantile(values, 0.99),
    most: Math.max(...values),
  });
  return {
    controller: of(costs.map(({ controller }) => controller * times)),
    gateway: of(costs.map(({ gateway }) => gateway)),
  };
}
