import type { Engine } from '../../../engines/engine.ts';
import { protocolName } from '../../../monitor/addresses/protocols.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import { nfdumpTime, sumsOfFlows } from './collector.ts';

/** That a client spoke with a port of a server, once or often. */
export interface Conversation {
  /** Address of the probe that saw it. */
  readonly exporter: string;
  readonly protocol: string;
  readonly client: string;
  readonly server: string;
  /** Absent for protocols without ports. */
  readonly port?: number;
  readonly flows: number;
  /** Milliseconds since 1970. */
  readonly last: number;
}

/** One direction, added up over the client's ports where they are known to be the client's. */
export interface Direction {
  readonly exporter: string;
  readonly protocol: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly first: number;
  readonly last: number;
  readonly flows: number;
}

/** Ports from here on are given to clients by the kernel (ip(7), ip_local_port_range). */
const ephemeral = 32_768;
/** Sums that are looked at. */
const most = 50_000;
/** What is read of each. */
export const columns = ['ra', 'pr', 'sa', 'sp', 'da', 'dp', 'ts', 'te', 'fl'] as const;

/** Who asked whom for what, over a time of any length: nfdump adds up. Times in milliseconds since 1970. */
export async function readConversations(
  engine: Engine,
  spec: DeploymentSpec,
  since: number,
): Promise<Conversation[]> {
  const ask = async (filter: string, by: readonly string[]) =>
    (await sumsOfFlows(engine, spec, { since, filter }, { by, order: 'flows', most, columns })).map(
      toDirection,
    );
  // Where the one port is a client's and the other is not, the direction is known; where both are alike, time tells.
  const [known, alike, without] = await Promise.all([
    ask(`dst port < ${ephemeral} and src port > ${ephemeral - 1}`, [
      'router',
      'proto',
      'srcip',
      'dstip',
      'dstport',
    ]),
    ask(
      `(dst port > ${ephemeral - 1} and src port > ${ephemeral - 1}) or (dst port < ${ephemeral} and src port < ${ephemeral} and src port > 0)`,
      ['router', 'proto', 'srcip', 'srcport', 'dstip', 'dstport'],
    ),
    ask('proto icmp or proto icmp6', ['router', 'proto', 'srcip', 'dstip']),
  ]);
  return [...known.map(asClient), ...initiated(alike), ...initiated(without)];
}

/** Of two directions between the same ends, the one that began first. */
export function initiated(directions: readonly Direction[]): Conversation[] {
  const ends = ({ exporter, protocol, source, sourcePort, destination, destinationPort }: Direction) =>
    [exporter, protocol, ...[`${source} ${sourcePort}`, `${destination} ${destinationPort}`].sort()].join(
      ' ',
    );
  return [...Map.groupBy(directions, ends).values()].map((both) =>
    asClient(both.reduce((a, b) => (b.first < a.first ? b : a))),
  );
}

function asClient(direction: Direction): Conversation {
  const { exporter, protocol, source, destination, destinationPort, flows, last } = direction;
  const ports = protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp';
  return {
    exporter,
    protocol,
    client: source,
    server: destination,
    ...(ports && { port: destinationPort }),
    flows,
    last,
  };
}

export function toDirection(row: Record<(typeof columns)[number], string>): Direction {
  return {
    exporter: row.ra,
    protocol: protocolName(Number(row.pr)).replace(/^icmp6$/, 'icmp'),
    source: row.sa,
    sourcePort: Number(row.sp),
    destination: row.da,
    destinationPort: Number(row.dp),
    first: nfdumpTime(row.ts),
    last: nfdumpTime(row.te),
    flows: Number(row.fl),
  };
}
