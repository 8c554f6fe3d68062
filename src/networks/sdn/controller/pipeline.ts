import { cookieOf, learned, standing } from '../../ovs/controller/cookie.ts';
import type { Action } from '../../ovs/openflow/actions.ts';
import type { Flow } from '../../ovs/openflow/flow.ts';
import type { Match } from '../../ovs/openflow/match.ts';
import { port } from '../../ovs/openflow/numbers.ts';

/** A port of a network, and whose it is. */
export interface Member {
  /** In OpenFlow. */
  readonly number: number;
  /** Of the endpoint: nobody else speaks as it, and it as nobody else. A trunk has none: who is behind it is learned. */
  readonly mac?: string;
  /** Whether others may be behind it as well, whose addresses are learned. */
  readonly learns: boolean;
}

export interface Group {
  readonly group: number;
  readonly outputs: readonly number[];
}

export interface Pipeline {
  readonly flows: readonly Flow[];
  readonly groups: readonly Group[];
}

// Table 0 says who may speak at which port, table 1 where a frame goes. All of it stands by itself: without its controller the
// switch goes on between the endpoints that there are, and what is behind learning ports gets what nobody else is known for.

export const tables = { source: 0, destination: 1 } as const;
/** `HE` above two bytes: groups have no cookies. */
export const groups = { all: 0x4845_0001, learning: 0x4845_0002 } as const;
/** Seconds without a frame after which an address that was learned is forgotten (IEEE 802.1Q, 8.8.3). */
export const ageing = 300;

const someMulticast = '01:00:00:00:00:00/01:00:00:00:00:00';
/** What is between neighbouring bridges only (IEEE 802.1Q, 8.6.3). */
const linkLocal = '01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0';
/** Bytes of a frame that the controller sees: it reads the source. */
const seen = 64;

/** What a network's switch has to have. Pure. */
export function pipelineOf(network: string, members: readonly Member[]): Pipeline {
  const flow = flowOf(cookieOf(network, standing), 0);
  const toDestination = [{ type: 'goto', table: tables.destination }] as const;
  const toController: Action = { type: 'output', port: port.controller, bytes: seen };
  const own = members.flatMap(({ number, mac }) => (mac === undefined ? [] : [{ number, mac }]));
  const learning = members.filter(({ learns }) => learns);
  return {
    groups: [
      { group: groups.all, outputs: members.map(({ number }) => number) },
      { group: groups.learning, outputs: learning.map(({ number }) => number) },
    ],
    flows: [
      flow(tables.source, 400, { ethSrc: someMulticast }, []),
      flow(tables.source, 400, { ethDst: linkLocal }, []),
      ...own.flatMap(({ number, mac }) => [
        flow(tables.source, 300, { inPort: number, ethSrc: mac }, toDestination),
        flow(tables.source, 200, { ethSrc: mac }, []),
      ]),
      ...learning.map(({ number }) =>
        flow(tables.source, 10, { inPort: number }, [
          { type: 'apply', actions: [toController] },
          ...toDestination,
        ]),
      ),
      flow(tables.source, 0, {}, []),
      flow(tables.destination, 300, { ethDst: someMulticast }, toGroup(groups.all)),
      ...own.map(({ number, mac }) => flow(tables.destination, 200, { ethDst: mac }, toPort(number))),
      flow(tables.destination, 0, {}, toGroup(groups.learning)),
    ],
  };
}

/** The flows of an address that was learned at a port: who may speak, and where it is. */
export function learnedFlows(network: string, mac: string, number: number): readonly Flow[] {
  const flow = flowOf(cookieOf(network, learned), ageing);
  return [
    flow(tables.source, 100, { inPort: number, ethSrc: mac }, [{ type: 'goto', table: tables.destination }]),
    flow(tables.destination, 100, { ethDst: mac }, toPort(number)),
  ];
}

/** Who was learned where, if a flow says so. */
export function learnedIn({
  table,
  match,
}: Pick<Flow, 'table' | 'match'>): { mac: string; number: number } | undefined {
  const { inPort, ethSrc } = match;
  if (table !== tables.source || inPort === undefined || ethSrc === undefined) return undefined;
  return { mac: ethSrc, number: inPort };
}

function flowOf(cookie: bigint, idleTimeout: number) {
  return (table: number, priority: number, match: Match, instructions: Flow['instructions']): Flow => ({
    table,
    priority,
    cookie,
    match,
    instructions,
    idleTimeout,
    hardTimeout: 0,
    reportsRemoval: idleTimeout > 0,
  });
}

function toPort(number: number): Flow['instructions'] {
  return [{ type: 'apply', actions: [{ type: 'output', port: number }] }];
}

function toGroup(group: number): Flow['instructions'] {
  return [{ type: 'apply', actions: [{ type: 'group', group }] }];
}
