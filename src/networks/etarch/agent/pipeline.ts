import { cookieOf, standing } from '../../ovs/controller/cookie.ts';
import type { Action } from '../../ovs/openflow/actions.ts';
import type { Flow } from '../../ovs/openflow/flow.ts';
import type { Match } from '../../ovs/openflow/match.ts';
import type { Meter } from '../../ovs/openflow/meter.ts';
import { port } from '../../ovs/openflow/numbers.ts';
import { meterOf } from '../domain/meter.ts';
import { longestMessage } from '../wire/control.ts';
import { agentGroup, etherType } from '../wire/ethernet.ts';

/** A port of a network's switch, and the address of the endpoint behind it. */
export interface Station {
  /** In OpenFlow. */
  readonly number: number;
  readonly mac: string;
}

/** A workspace at a switch. */
export interface Workspace {
  readonly address: string;
  /** Numbers of the ports of its members. */
  readonly members: readonly number[];
  readonly isElsewhere: boolean;
  /** kbit/s. */
  readonly rate?: number;
}

export interface Pipeline {
  readonly flows: readonly Flow[];
  readonly meters: readonly Meter[];
}

// Table 0 says who may speak at which port, and of what: control frames go to the agent, data frames on. Table 1 says who
// may speak in which workspace, table 2 where that goes. Everything else ends in table 0: IP, ARP, frames with tags.

export const tables = { source: 0, member: 1, workspace: 2 } as const;
/** Bytes of a frame that the agent sees: the longest message with its head. */
const seen = longestMessage + 14;
/** OFPVID_NONE: a frame without a tag; else the type behind a tag would be taken for the frame’s. */
const untagged = { vlanVid: 0 } as const;

/** What a network's switch has to have; `trunk`: the number of the port that leads to other nodes. Pure. */
export function pipelineOf(
  network: string,
  stations: readonly Station[],
  workspaces: readonly Workspace[],
  trunk?: number,
): Pipeline {
  const flow = flowOf(cookieOf(network, standing));
  const toAgent: Action = { type: 'output', port: port.controller, bytes: seen };
  const data = { ethType: etherType.data, ...untagged };
  const control = { ethDst: agentGroup, ethType: etherType.control, ...untagged };
  const toMembers = goto(tables.member);
  return {
    flows: [
      ...stations.flatMap(({ number, mac }) => [
        flow(tables.source, 300, { inPort: number, ethSrc: mac, ...control }, [
          { type: 'apply', actions: [toAgent] },
        ]),
        flow(tables.source, 300, { inPort: number, ethSrc: mac, ...data }, [toMembers]),
        // Nobody elsewhere speaks as who is here.
        ...(trunk === undefined ? [] : [flow(tables.source, 200, { inPort: trunk, ethSrc: mac }, [])]),
      ]),
      ...(trunk === undefined ? [] : [flow(tables.source, 100, { inPort: trunk, ...data }, [toMembers])]),
      ...workspaces.flatMap((one) => workspaceFlows(flow, one, trunk)),
    ],
    meters: workspaces.flatMap(({ address, rate }) =>
      rate === undefined ? [] : [{ meter: meterOf(address), rate, burst: burstOf(rate) }],
    ),
  };
}

function workspaceFlows(
  flow: ReturnType<typeof flowOf>,
  { address, members, isElsewhere, rate }: Workspace,
  trunk: number | undefined,
): Flow[] {
  const onwards = goto(tables.workspace);
  const metered: Flow['instructions'] =
    rate === undefined ? [onwards] : [{ type: 'meter', meter: meterOf(address) }, onwards];
  const others = isElsewhere && trunk !== undefined ? [trunk] : [];
  // A switch sends nothing back to where it came from.
  const outputs = [...members, ...others].map((number) => ({ type: 'output', port: number }) as const);
  return [
    ...members.map((number) => flow(tables.member, 100, { inPort: number, ethDst: address }, metered)),
    ...others.map((number) => flow(tables.member, 100, { inPort: number, ethDst: address }, [onwards])),
    flow(tables.workspace, 100, { ethDst: address }, [{ type: 'apply', actions: outputs }]),
  ];
}

/** A tenth of a second, and at least a few frames; in kbit. */
function burstOf(rate: number): number {
  return Math.max(Math.ceil(rate / 10), 100);
}

function goto(table: number): Flow['instructions'][number] {
  return { type: 'goto', table };
}

function flowOf(cookie: bigint) {
  return (table: number, priority: number, match: Match, instructions: Flow['instructions']): Flow => ({
    table,
    priority,
    cookie,
    match,
    instructions,
    idleTimeout: 0,
    hardTimeout: 0,
    reportsRemoval: false,
  });
}
