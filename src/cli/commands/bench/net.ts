import type { Command } from 'commander';
import type { NodeClient } from '../../../api/client.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { FarNode } from '../../../measure/net/ends/far-end.ts';
import type { Result, Results } from '../../../measure/net/results.ts';
import {
  type Format,
  formatOption,
  type NodeOptions,
  nodeCommand,
  several,
  wholeNumber,
} from '../../command.ts';

interface BenchOptions extends NodeOptions {
  readonly time: string;
  readonly rounds: number;
  readonly seed?: number;
  readonly test?: string[];
  readonly to?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly format: Format;
}

export function benchNet(): Command {
  return nodeCommand('net', 'Measure container networks in turns, beside the host’s own path')
    .argument('[networks...]', 'host, bridge, ip, overlay, routed, sdn; default: all that this host can do')
    .option('--time <duration>', 'that it may take', '10m')
    .option('--rounds <n>', 'in each, every network has its turn with every test', wholeNumber, 5)
    .option('--seed <n>', 'what the order of turns follows from; default: one of its own', wholeNumber)
    .addOption(
      several('--test <kind>', 'throughput, datagrams, latency, connections, all-reduce, copy; default: all'),
    )
    .option('--to <node>', 'at which paths end; default: this host')
    .option('--out <folder>', 'for results; default: heddle-bench-net and the time')
    .option('--resume <folder>', 'go on with a benchmark that was interrupted')
    .addOption(formatOption())
    .action(async (networks: string[], options: BenchOptions) => {
      const [{ ensureNode }, { Results }, { carryOut }, { beginRun }, { NodeApplications }, { turnText }] =
        await Promise.all([
          import('../../node-connection.ts'),
          import('../../../measure/net/results.ts'),
          import('../../../measure/net/benchmark.ts'),
          import('../../../measure/net/begin.ts'),
          import('./node-applications.ts'),
          import('../../output/compared.ts'),
        ]);
      const { seed, out, to, test: kinds = [] } = options;
      const isSaid = networks.length + kinds.length > 0 || [seed, out, to].some((one) => one !== undefined);
      if (options.resume !== undefined && isSaid)
        throw new HeddleError(
          'ERR_USAGE',
          '--resume goes on with what was asked for then, and takes nothing else',
        );
      const results = new Results(options.resume ?? out ?? defaultFolder());
      if (options.resume === undefined)
        beginRun(results, { ...options, networks, kinds, ...(to !== undefined && { node: to }) });
      const { run } = results;
      const over = new AbortController();
      process.once('SIGINT', () => over.abort()).once('SIGTERM', () => over.abort());
      const node = await ensureNode(options);
      say(`Results: ${results.folder}`);
      await carryOut(results, {
        networking: node.networking,
        applications: new NodeApplications(node, results.folder),
        far: run.node === undefined ? undefined : await farNode(node, run.node),
        signal: over.signal,
        over: (result, left) => say(`${turnText(result, run.rounds)}; ${left} turns left`),
        leftOut: (what, { message, hint }) => say(`${what} is left out: ${message}; ${hint}`),
      });
      await remember(node, results);
      await print(results.all, options.format);
      say(`Report: ${await report(results)}`);
    });
}

/** A node at which paths end. @throws HeddleError ERR_NODE_AWAY, ERR_NODE_SETTINGS */
async function farNode(node: NodeClient, name: string): Promise<FarNode> {
  const found = (await node.nodes()).find((one) => one.name === name);
  if (!found?.present) throw new HeddleError('ERR_NODE_AWAY', `node ${name} is not there`);
  const { addressPort } = await import('../../../lib/address-port.ts');
  const at = found.api === undefined ? undefined : addressPort(found.api);
  if (!at)
    throw new HeddleError('ERR_NODE_SETTINGS', `node ${name} lets no other node ask it`, {
      hint: 'give each node `api` in its node.yaml: docs/howto/sites.md',
    });
  return { name, address: at.address, measuring: node.measuring };
}

/** Has networks chosen by what was measured; one alone is none to choose from. */
async function remember(node: NodeClient, { run, all }: Results): Promise<void> {
  const [{ rememberedOf }, { baseline }] = await Promise.all([
    import('../../../measure/net/remembered.ts'),
    import('../../../measure/net/paths/kinds.ts'),
  ]);
  const measured = rememberedOf(run, all, baseline);
  if (measured.networks.length > 1) await node.remember(measured);
}

/** @returns the page’s file */
async function report(results: Results): Promise<string> {
  const [{ pageOf }, { baseline, pathKinds }, os] = await Promise.all([
    import('../../../measure/net/report/page.ts'),
    import('../../../measure/net/paths/kinds.ts'),
    import('node:os'),
  ]);
  const [{ model } = { model: 'an unknown processor' }, ...others] = os.cpus();
  const host = { name: os.hostname(), kernel: os.release(), processors: `${others.length + 1} × ${model}` };
  return results.addReport(pageOf(results.run, results.all, { baseline, kinds: pathKinds, host }));
}

async function print(results: readonly Result[], format: Format): Promise<void> {
  const [{ compared }, { baseline }, { printRows }, { comparedColumns }, { disturbedText }] =
    await Promise.all([
      import('../../../measure/net/compared.ts'),
      import('../../../measure/net/paths/kinds.ts'),
      import('../../output/table.ts'),
      import('../../output/compared.ts'),
      import('../../../measure/net/report/figure-text.ts'),
    ]);
  const rows = compared(results, baseline);
  printRows(rows, format, comparedColumns);
  const warning = disturbedText(rows);
  if (warning !== undefined) say(warning);
}

/** As it may stand in a folder’s name. */
function defaultFolder(): string {
  return `heddle-bench-net-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
