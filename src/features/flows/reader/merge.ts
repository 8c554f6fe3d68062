import type { FlowEnd } from '../../../monitor/addresses/end.ts';
import type { FlowRecord } from '../contract.ts';

/** A flow as one probe saw it. */
export type Sighting = Omit<FlowRecord, 'exporters'> & { readonly exporter: string };

/**
 * One record for what several probes saw of the same packets. Of each conversation, the probe that counted most is
 * believed; what another saw at a time when the first saw nothing (it was restarted) is kept.
 */
export function mergeSightings(sightings: readonly Sighting[]): FlowRecord[] {
  const merged: FlowRecord[] = [];
  for (const group of Map.groupBy(sightings, conversation).values()) {
    const accepted: { record: Sighting; exporters: Set<string> }[] = [];
    for (const record of mostComplete(group)) {
      const same = accepted.filter((one) => overlap(one.record, record));
      const others = same.filter(({ exporters }) => !exporters.has(record.exporter) || isTwin(same, record));
      if (others.length === 0) accepted.push({ record, exporters: new Set([record.exporter]) });
      for (const { exporters } of others) exporters.add(record.exporter);
    }
    for (const { record, exporters } of accepted) {
      const { exporter: _exporter, ...rest } = record;
      merged.push({ ...rest, exporters: [...exporters].sort() });
    }
  }
  return merged.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
}

/** What makes packets belong together: addresses, ports and protocol (RFC 7011, section 2, flow key). */
export function conversation({
  protocol,
  source,
  destination,
}: Pick<FlowRecord, 'protocol' | 'source' | 'destination'>): string {
  return [protocol, endKey(source), endKey(destination)].join(' ');
}

export function overlap(
  a: Pick<FlowRecord, 'first' | 'last'>,
  b: Pick<FlowRecord, 'first' | 'last'>,
): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The same record read twice, from a file and from the one that it is being merged into. */
function isTwin(
  accepted: readonly { record: Sighting }[],
  { exporter, first, last, packets }: Sighting,
): boolean {
  return accepted.some(
    ({ record }) =>
      record.exporter === exporter &&
      record.first === first &&
      record.last === last &&
      record.packets === packets,
  );
}

/** The records of the probe that counted most first; of two that counted the same, the source's own. */
function mostComplete(group: readonly Sighting[]): Sighting[] {
  const counted = new Map<string, number>();
  for (const { exporter, packets } of group) counted.set(exporter, (counted.get(exporter) ?? 0) + packets);
  const weight = ({ exporter, source }: Sighting) =>
    (counted.get(exporter) ?? 0) + (exporter === source.pod ? 0.5 : 0);
  return [...group].sort((a, b) => weight(b) - weight(a) || (a.first < b.first ? -1 : 1));
}

function endKey({ address, port }: FlowEnd): string {
  return `${address} ${port ?? ''}`;
}
