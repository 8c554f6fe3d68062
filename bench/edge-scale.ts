import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quantile, summarize } from '../src/lib/statistics.ts';
import { type Cost, EdgeAtScale } from './lib/edge-at-scale.ts';
import { atMost, benchmark, numbers, positive, type ReportOptions, startReport } from './lib/report.ts';
import { say } from './lib/rounds.ts';

interface ScaleOptions extends ReportOptions {
  readonly gateways: number;
  readonly sample: number;
  readonly services: readonly number[];
  readonly copies: number;
  readonly changes: number;
  readonly steer: 'gateway' | 'direct';
}

export function edgeScale() {
  return benchmark(
    'edge-scale',
    'what one change costs the controller and a gateway, by how many services there are',
  )
    .option('--gateways <n>', 'sites, with a gateway each', positive, 20)
    .option('--sample <n>', 'gateways whose views are computed; each costs the same', positive, 20)
    .option('--services <counts>', 'services', numbers, [1000, 10_000, 50_000])
    .option('--copies <n>', 'endpoints of each service', positive, 1)
    .option('--changes <n>', 'copies that move, one after the other', positive, 200)
    .option('--steer <way>', 'gateway: through its proxy; direct: by its answers', 'direct')
    .action(measure);
}

async function measure(options: ScaleOptions): Promise<void> {
  const { gateways, copies, changes, steer } = options;
  const sample = Math.min(options.sample, gateways);
  const report = startReport('edge-scale', options);
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-scale-'));
  const results: Result[] = [];
  try {
    for (const services of options.services) {
      const edge = await EdgeAtScale.create({ gateways, sample, services, copies, steer, folder });
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
  const most = (of: (one: (typeof results)[number]) => number) => Math.max(...results.map(of));
  const atController = 10 + 0.3 * gateways;
  report.save(
    { gateways, sample, copies, changes, steer, results },
    [
      ...(['p50', 'mean'] as const).flatMap((name) => [
        atMost(
          `milliseconds of CPU at the controller, ${name}`,
          atController,
          most((one) => one.controller.cpu[name]),
        ),
        atMost(
          `milliseconds of CPU at a gateway, ${name}`,
          3,
          most((one) => one.gateway.cpu[name]),
        ),
      ]),
      atMost(
        'most services over least: CPU at the controller, on average',
        1.5,
        growth((one) => one.controller.cpu.mean),
      ),
      atMost(
        'most services over least: CPU at a gateway, on average',
        1.5,
        growth((one) => one.gateway.cpu.mean),
      ),
    ],
    [
      {
        title: `What one change costs, ${gateways} gateways`,
        x: 'services',
        y: 'milliseconds of CPU',
        series: (['p50', 'mean'] as const).map((name) => ({
          name: `controller, ${name}`,
          points: results.map((one) => ({ x: one.services, y: one.controller.cpu[name] })),
        })),
      },
    ],
  );
}

interface Result extends ReturnType<typeof summary>, ReturnType<EdgeAtScale['sizes']> {
  readonly services: number;
  readonly endpoints: number;
}

/** @param times that the controller does it for the gateways that were not looked at */
function summary(costs: readonly { readonly controller: Cost; readonly gateway: Cost }[], times: number) {
  const of = (values: readonly number[]) => ({
    p50: summarize(values).median,
    mean: summarize(values).mean,
    p99: quantile(values, 0.99),
    most: Math.max(...values),
  });
  const both = (all: readonly Cost[], by: number) => ({
    cpu: of(all.map(({ cpu }) => cpu * by)),
    wall: of(all.map(({ wall }) => wall * by)),
  });
  return {
    controller: both(
      costs.map(({ controller }) => controller),
      times,
    ),
    gateway: both(
      costs.map(({ gateway }) => gateway),
      1,
    ),
  };
}
