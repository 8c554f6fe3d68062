import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { Figure, FlowQuery } from '../contract.ts';

/**
 * Runs nfdump on what an application's collector has in a query's window. `output`: what is to be printed, and how.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when no service has the feature, ERR_USAGE when nfdump refuses the filter
 */
export async function askNfdump(
  engine: Engine,
  spec: DeploymentSpec,
  { since, until, filter }: FlowQuery,
  output: readonly string[],
): Promise<string> {
  const collector = spec.features.find((instance) => instance.feature === 'flows')?.collector;
  if (!collector) {
    throw new HeddleError('ERR_FEATURE_IMPOSSIBLE', `no service of ${spec.project} has the feature flows`, {
      hint: 'write `x-heddle: {manage: {flows: true}}` in a service and run `heddle up`',
    });
  }
  const window = since === undefined ? [] : ['-t', `${stamp(since)}-${stamp(until ?? Date.now() + 60_000)}`];
  const command = ['nfdump', '-R', '/var/lib/flows', ...output, ...window, ...(filter ? [filter] : [])];
  const ask = () => engine.console.exec(collector.container, command);
  let result = await ask();
  // A file can be merged into another between nfdump's listing and its reading.
  if (result.exitCode !== 0 && /No such file/.test(result.stderr)) result = await ask();
  if (result.exitCode === 0) return result.stdout;
  throw new HeddleError('ERR_USAGE', `nfdump: ${(result.stderr || result.stdout).trim()}`, {
    hint: 'the filter has nfdump’s syntax: `proto tcp and port 80`',
  });
}

/** What nfdump can print of flows that it added up, by the name of its column (nfdump(1), OUTPUT FORMATS). */
type Column = 'pr' | 'ra' | 'sa' | 'sp' | 'da' | 'dp' | 'ts' | 'te' | 'pkt' | 'byt' | 'fl';

/**
 * Has nfdump add up flows that agree in some fields, and returns a row for each sum: at most so many, the largest first.
 * Numbers are whole; times are read with `nfdumpTime`.
 */
export async function sumsOfFlows<C extends Column>(
  engine: Engine,
  spec: DeploymentSpec,
  query: FlowQuery,
  sums: {
    readonly by: readonly string[];
    readonly order: Figure;
    readonly most: number;
    readonly columns: readonly C[];
  },
): Promise<Record<C, string>[]> {
  const format = `fmt:${sums.columns.map((column) => `%${column}`).join('|')}`;
  const output = [
    '-q',
    '-N',
    '-6',
    '-A',
    sums.by.join(','),
    '-O',
    sums.order,
    '-n',
    String(sums.most),
    '-o',
    format,
  ];
  return parseTable(await askNfdump(engine, spec, query, output), sums.columns);
}

/** Lines with other than these columns are none of the table. */
export function parseTable<C extends string>(text: string, columns: readonly C[]): Record<C, string>[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.length !== columns.length) return [];
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])) as Record<
      C,
      string
    >;
  });
}

/** `2026-11-22 01:30:50.123`, UTC, in milliseconds since 1970. */
export function nfdumpTime(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

/** `2026/11/22.01:30:50`, UTC; nfdump takes no fraction. */
function stamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', '.');
}
