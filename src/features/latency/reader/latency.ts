import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import { readBoundedAsync } from '../../../lib/read-bounded.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { LatencyQuery, LatencyRecord, PacketCounts } from '../contract.ts';
import { clockRelation, corrected, errorBound } from './clock.ts';
import { figuresOf } from './figures.ts';
import { verdicts } from './objective.ts';
import { dueIn, type Run, runsOf } from './run.ts';

/** As the template has them, checked. */
interface Parameters {
  readonly from: string;
  readonly to: string;
  readonly objective?: Readonly<Record<string, string>>;
}

/**
 * What was measured between the services of an application, one record a pair that was asked for. `folder` is the
 * application's folder in the node's state: senders and reflectors write there what has to outlive them.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when nothing is measured between those services
 */
export async function readLatency(
  folder: string,
  spec: DeploymentSpec,
  query: LatencyQuery,
): Promise<LatencyRecord[]> {
  const pairs = spec.features
    .filter((instance) => instance.feature === 'latency')
    .map((instance) => instance.parameters as unknown as Parameters)
    .filter(({ from }) => query.from === undefined || from === query.from)
    .filter(({ to }) => query.to === undefined || to === query.to);
  if (pairs.length === 0) {
    const { from = 'A', to = 'B' } = query;
    throw new HeddleError('ERR_FEATURE_IMPOSSIBLE', `${spec.project} measures no latency ${between(query)}`, {
      hint: `write \`x-heddle: {manage: {latency: [{from: ${from}, to: ${to}}]}}\` at top level and run \`heddle up\``,
    });
  }
  const data = path.join(folder, 'latency');
  return Promise.all(
    pairs.map(async (pair) => {
      const file = path.join(data, `${pair.from}:${pair.to}.jsonl`);
      const [old, recent, boots] = await Promise.all(
        [`${file}.1`, file, path.join(data, `${pair.to}.boots`)].map(textOf),
      );
      const runs = runsOf(`${old}${recent}`, query.since ?? 0, query.until ?? Number.POSITIVE_INFINITY);
      return toRecord(pair, runs, new Set((boots ?? '').split('\n').filter((boot) => boot !== '')));
    }),
  );
}

/** The figures of a pair over its runs. `reflectorBoots`: boot ids of the kernels that its reflector ran under. */
export function toRecord(
  { from, to, objective = {} }: Parameters,
  runs: readonly Run[],
  reflectorBoots: ReadonlySet<string>,
): LatencyRecord {
  const packets = count(runs);
  const loss = packets.due === 0 ? null : (100 * packets.lost) / packets.due;
  const answered = runs
    .filter((run) => run.packets.some((packet) => typeof packet !== 'string'))
    .map((run) => ({ run, clock: clockRelation(run, reflectorBoots) }));
  const clock = errorBound(answered.map((one) => one.clock));
  const known = answered.filter((one) => one.clock.basis !== 'none');
  const delays = known.map((one) => corrected(one.run, one.clock));
  const sendDelay = figuresOf(delays.map((run) => run.map((packet) => packet?.[0])));
  const failure = runs.findLast((run) => run.error !== undefined);
  return {
    from,
    to,
    first: runs[0] ? rfc3339(runs[0]) : null,
    last: runs.length > 0 ? rfc3339(runs.at(-1)!) : null,
    address: runs.findLast((run) => run.to !== undefined)?.to ?? null,
    packets,
    loss,
    sendDelay,
    receiveDelay: figuresOf(delays.map((run) => run.map((packet) => packet?.[1]))),
    roundTrip: figuresOf(answered.map(({ run }) => roundTrips(run))),
    clockErrorBound: clock,
    objective: verdicts(objective, { sendDelay, loss, clock }),
    lastFailure: failure ? { at: rfc3339(failure), reason: failure.error ?? '' } : null,
  };
}

function count(runs: readonly Run[]): PacketCounts {
  let [due, sent, received, lostSending, lostReturning] = [0, 0, 0, 0, 0];
  for (const [i, run] of runs.entries()) {
    due += dueIn(run, runs[i + 1]);
    sent += run.packets.length;
    for (const packet of run.packets) {
      if (packet === 'up') lostSending++;
      else if (packet === 'down') lostReturning++;
      else if (packet !== 'lost') received++;
    }
  }
  return { due, sent, received, lost: due - received, lostSending, lostReturning };
}

/** The offset of the two clocks is in both directions, with opposite signs: their sum is free of it. */
function roundTrips(run: Run): (number | undefined)[] {
  return run.packets.map((packet) => (typeof packet === 'string' ? undefined : packet[0] + packet[1]));
}

function rfc3339(run: Run): string {
  return new Date(run.start).toISOString();
}

/** Bytes of what an agent has written that are looked at. */
const largest = 256 * 1024 * 1024;

async function textOf(file: string): Promise<string> {
  try {
    return (await readBoundedAsync(file, { bytes: largest, noLinks: true })).toString('utf8');
  } catch (cause) {
    // Nothing was written yet.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new HeddleError('ERR_STATE', `${file}: ${(cause as Error).message}`, { cause });
  }
}

function between({ from, to }: LatencyQuery): string {
  const parts = [from !== undefined && `from ${from}`, to !== undefined && `to ${to}`].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : 'between its services';
}
