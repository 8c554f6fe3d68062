import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { AddressBook, endOf } from '../../../monitor/addresses/address-book.ts';
import { protocolName } from '../../../monitor/addresses/protocols.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { AddressAssignment } from '../../../state/history.ts';
import type { FlowQuery, FlowRecord } from '../contract.ts';
import { askNfdump } from './collector.ts';
import { mergeSightings, type Sighting } from './merge.ts';
import { type NfdumpRecord, parseNfdump } from './nfdump.ts';

/** Records that are read at most: what the node has room for. */
const most = 50_000;

/**
 * The flows that an application's collector has, with the names that its services had then, the oldest first.
 * `assignments`: who had which address since the begin of the query's window.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when no service has the feature, ERR_USAGE when there are too many
 */
export async function readFlows(
  engine: Engine,
  spec: DeploymentSpec,
  query: FlowQuery,
  assignments: readonly AddressAssignment[],
): Promise<FlowRecord[]> {
  const records = parseNfdump(await askNfdump(engine, spec, query, ['-o', 'json', '-c', String(most)]));
  if (records.length >= most) {
    throw new HeddleError('ERR_USAGE', `there are more than ${most} records of flows in this window`, {
      hint: 'ask for less with --since, --until or --filter, or for sums with --top',
    });
  }
  const book = new AddressBook(spec, assignments);
  const sightings = records.map((record) => toSighting(record, book)).filter(isOfExporter);
  const flows = query.raw ? sightings.map(alone) : mergeSightings(sightings);
  const wanted = new Set(query.services ?? []);
  const chosen = flows.filter(
    ({ source, destination }) =>
      wanted.size === 0 || wanted.has(source.service ?? '') || wanted.has(destination.service ?? ''),
  );
  return query.limit === undefined ? chosen : chosen.slice(-query.limit);
}

/** A probe sees what its pod sends and is sent: a record of what two others said to each other is none of its own. */
function isOfExporter({ exporter, source, destination }: Sighting): boolean {
  const pods = [source.pod, destination.pod];
  return pods.includes(undefined) || pods.includes(exporter);
}

function alone({ exporter, ...flow }: Sighting): FlowRecord {
  return { ...flow, exporters: [exporter] };
}

function toSighting(record: NfdumpRecord, book: AddressBook): Sighting {
  const router = record.ip6_router ?? record.ip4_router ?? '';
  const first = utc(record.first);
  const at = Date.parse(first);
  return {
    first,
    last: utc(record.last),
    received: utc(record.received),
    exporter: book.ownerOf(router, at)?.pod ?? router,
    protocol: protocolName(record.proto),
    source: endOf(record.src4_addr ?? record.src6_addr ?? '', record.src_port, book, at),
    destination: endOf(record.dst4_addr ?? record.dst6_addr ?? '', record.dst_port, book, at),
    packets: record.in_packets,
    bytes: record.in_bytes,
    ...(record.proto === 6 && record.tcp_flags && { tcpFlags: record.tcp_flags }),
  };
}

function utc(text: string): string {
  return text.endsWith('Z') ? text : `${text}Z`;
}
