import type { Engine } from '../../engines/engine.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { AddressBook, endOf } from './address-book.ts';
import { type NfdumpRecord, nfdumpArguments, parseNfdump } from './nfdump.ts';
import { protocolName } from './protocols.ts';
import type { FlowQuery, FlowRecord } from './record.ts';

/**
 * The flows that an application's collector has, with the names of its services.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when no service has the feature
 */
export async function readFlows(
  engine: Engine,
  spec: DeploymentSpec,
  query: FlowQuery,
): Promise<FlowRecord[]> {
  const collector = spec.features.find((instance) => instance.feature === 'flows')?.collector;
  if (!collector) {
    throw new HeddleError('ERR_FEATURE_IMPOSSIBLE', `no service of ${spec.project} has the feature flows`, {
      hint: 'write `x-heddle: {manage: {flows: true}}` in a service and run `heddle up`',
    });
  }
  const [result, objects] = await Promise.all([
    engine.exec(collector.container, nfdumpArguments(query)),
    engine.observe(spec.project),
  ]);
  if (result.exitCode !== 0) {
    throw new HeddleError('ERR_USAGE', `nfdump: ${(result.stderr || result.stdout).trim()}`, {
      hint: 'the filter has nfdump’s syntax: `proto tcp and port 80`',
    });
  }
  const book = new AddressBook(objects.containers, spec);
  const flows = parseNfdump(result.stdout).map((record) => toFlow(record, book));
  const wanted = new Set(query.services ?? []);
  if (wanted.size === 0) return flows;
  return flows.filter(
    ({ source, destination }) => wanted.has(source.service ?? '') || wanted.has(destination.service ?? ''),
  );
}

function toFlow(record: NfdumpRecord, book: AddressBook): FlowRecord {
  const router = record.ip6_router ?? record.ip4_router ?? '';
  return {
    first: utc(record.first),
    last: utc(record.last),
    received: utc(record.received),
    exporter: book.ownerOf(router)?.pod ?? router,
    protocol: protocolName(record.proto),
    source: endOf(record.src4_addr ?? record.src6_addr ?? '', record.src_port, book),
    destination: endOf(record.dst4_addr ?? record.dst6_addr ?? '', record.dst_port, book),
    packets: record.in_packets,
    bytes: record.in_bytes,
    ...(record.proto === 6 && record.tcp_flags && { tcpFlags: record.tcp_flags }),
  };
}

function utc(text: string): string {
  return text.endsWith('Z') ? text : `${text}Z`;
}
