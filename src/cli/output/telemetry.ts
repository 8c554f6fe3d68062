import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { HopTelemetry, HopTraffic } from '../../networks/path/telemetry/status.ts';
import { microsecondsText } from './microseconds.ts';
import { type Columns, tableOf } from './table.ts';

type Row = HopTraffic & Pick<HopTelemetry, 'function' | 'shared'> & { readonly pod: string };

const columns: Columns<Row> = {
  TRAFFIC: ({ direction, pod }) => (direction === 'in' ? `to ${pod}` : `from ${pod}`),
  FUNCTION: ({ function: name, shared }) => (shared ? `${name} (all traffic)` : name),
  IN: ({ entered }) => entered?.packets ?? '',
  OUT: ({ left }) => left?.packets ?? '',
  'NOT OUT': ({ lost, entered }) => (lost === null || !entered ? '' : lostText(lost, entered.packets)),
  P50: ({ delay }) => microsecondsText(delay?.p50 ?? null),
  P99: ({ delay }) => microsecondsText(delay?.p99 ?? null),
  HOP: ({ hop, lostBefore }) =>
    [microsecondsText(hop?.mean ?? null), lostBefore ? `${lostBefore} lost` : ''].filter(Boolean).join(', '),
  QUEUE: ({ queue }) =>
    queue ? `${queue.kind}: ${queue.packets} packets, ${queue.bytes} bytes, ${queue.drops} dropped` : '',
  NOTE: ({ note }) => note ?? '',
};

/** What passes the functions at each pod, one direction after the other; no table where nothing is led. */
export function telemetryTables(pods: ChainStatus['pods']): string[] {
  const rows = pods.flatMap(({ pod, telemetry }) =>
    (['in', 'out'] as const).flatMap((direction) =>
      (direction === 'in' ? telemetry : telemetry.toReversed()).flatMap(({ traffic, ...hop }) =>
        traffic.filter((one) => one.direction === direction).map((one): Row => ({ ...one, ...hop, pod })),
      ),
    ),
  );
  return rows.length === 0 ? [] : [tableOf(rows, columns)];
}

function lostText(lost: number, of: number): string {
  if (lost === 0) return '0';
  const share = (lost / of) * 100;
  return `${lost} (${share < 0.1 ? '<0.1' : share.toFixed(1)} %)`;
}
