import type { Command } from 'commander';
import type { Result } from '../../../measure/net/results.ts';
import { type Format, formatOption, type NodeOptions, nodeCommand, wholeNumber } from '../../command.ts';

interface BenchOptions extends NodeOptions {
  readonly time: string;
  readonly rounds: number;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly format: Format;
}

/** What more than one stream, and one alone, show of a network differs. */
const tests = [
  { kind: 'throughput', streams: 1 },
  { kind: 'throughput', streams: 8 },
  { kind: 'latency', size: 64 },
] as const;

export function benchNet(): Command {
  return nodeCommand('net', 'Measure container networks in turns, beside the host’s own path')
    .argument('[networks...]', 'host, bridge, ip, sdn; default: all that this host can do')
    .option('--time <duration>', 'that it may take', '10m')
    .option('--rounds <n>', 'in each, every network has its turn with every test', wholeNumber, 5)
    .option('--seed <n>', 'what the order of turns follows from; default: one of its own', wholeNumber)
    .option('--out <folder>', 'for results; default: heddle-bench-net and the time')
    .option('--resume <folder>', 'go on with a benchmark that was interrupted')
    .addOption(formatOption())
    .action(async (networks: string[], options: BenchOptions) => {
      const [{ ensureNode }, { Results }, { carryOut }, { beginRun }, { NodeApplications }] =
        await Promise.all([
          import('../../node-connection.ts'),
          import('../../../measure/net/results.ts'),
          import('../../../measure/net/benchmark.ts'),
          import('../../../measure/net/begin.ts'),
          import('./node-applications.ts'),
        ]);
      const results = new Results(options.resume ?? options.out ?? defaultFolder());
      if (options.resume === undefined) beginRun(results, { ...options, networks, tests });
      const { run } = results;
      const over = new AbortController();
      process.once('SIGINT', () => over.abort()).once('SIGTERM', () => over.abort());
      const node = await ensureNode(options);
      process.stderr.write(`Results: ${results.folder}\n`);
      await carryOut(results, {
        networking: node.networking,
        applications: new NodeApplications(node, results.folder),
        signal: over.signal,
        over: (result, left) => process.stderr.write(`${turnText(result, run.rounds)}; ${left} turns left\n`),
        leftOut: (name, why) => process.stderr.write(`${name} is left out: ${why}\n`),
      });
      await print(results.all, options.format);
    });
}

async function print(results: readonly Result[], format: Format): Promise<void> {
  const [{ compared }, { baseline }, { printRows }] = await Promise.all([
    import('../../../measure/net/compared.ts'),
    import('../../../measure/net/paths/kinds.ts'),
    import('../../output/table.ts'),
  ]);
  const rows = compared(results, baseline);
  printRows(rows, format, {
    TEST: (row) => row.test,
    NETWORK: (row) => row.path,
    MEDIAN: (row) => figureText(row.test, row.median),
    LEAST: (row) => figureText(row.test, row.least),
    MOST: (row) => figureText(row.test, row.most),
    'OF HOST': (row) => row.ofBaseline?.toFixed(2) ?? '',
    'CPU/GBIT': (row) =>
      row.cpuSecondsPerGigabit === null ? '' : `${row.cpuSecondsPerGigabit.toFixed(3)} s`,
    ROUNDS: (row) => row.rounds,
    FAILED: (row) => row.failures.join('; '),
  });
  const disturbed = rows.reduce((sum, row) => sum + row.disturbed, 0);
  if (disturbed > 0)
    process.stderr.write(
      `Before ${disturbed} of ${results.length} turns this host was busy with something else: do not trust these figures\n`,
    );
}

/** As it may stand in a folder’s name. */
function defaultFolder(): string {
  return `heddle-bench-net-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
}

function turnText({ round, path, test, figures, failure }: Result, rounds: number): string {
  const what = test.kind === 'latency' ? 'latency' : `${test.streams} streams`;
  const value = figures?.['bitsPerSecond'] ?? figures?.['p50'];
  const came = value === undefined ? (failure ?? 'nothing') : figureText(test.kind, value);
  return `round ${round + 1} of ${rounds}, ${path}, ${what}: ${came}`;
}

function figureText(test: string, value: number): string {
  if (!Number.isFinite(value)) return '';
  return test.startsWith('latency') ? `${value.toFixed(1)} µs` : `${(value / 1e9).toFixed(2)} Gbit/s`;
}
