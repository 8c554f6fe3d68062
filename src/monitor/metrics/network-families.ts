import type { Family, Value } from '../../lib/metrics/family.ts';
import type { BondStatus } from '../../networks/bond/status.ts';
import type { Endpoint } from '../../networks/standard/endpoint.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { LinkCounters, NetworkCounters, NetworkFlow } from '../../networks/standard/traffic.ts';
import type { LinkStatus } from '../../networks/wan/status.ts';

/** What is known of all networks of a host at the moment of a scrape. */
export interface NetworkFigures {
  readonly networks: readonly Pick<Network, 'name' | 'archetype' | 'status'>[];
  readonly endpoints: readonly Pick<Endpoint, 'network' | 'archetype' | 'status'>[];
  readonly counters: readonly NetworkCounters[];
  /** Of networks that have a controller. */
  readonly flows: readonly FlowsOfNetwork[];
  readonly repairs: readonly Repairs[];
  /** To other nodes. */
  readonly links: readonly LinkStatus[];
  readonly bonds: readonly BondStatus[];
}

export interface FlowsOfNetwork {
  readonly network: string;
  readonly archetype: string;
  readonly flows: readonly NetworkFlow[];
}

/** How often networks and endpoints of an archetype were not as they should be. */
export interface Repairs {
  readonly archetype: string;
  readonly done: number;
  readonly failed: number;
}

type NetworkFamily = Family<NetworkFigures>;

const helpOf: Readonly<Record<string, string>> = {
  bytes: 'Bytes that',
  packets: 'Packets that',
  drop: 'Packets that were dropped of those that',
};

export const networkFamilies: readonly NetworkFamily[] = [
  {
    name: 'heddle_networks',
    type: 'gauge',
    help: 'Networks, by archetype and phase.',
    values: ({ networks }) =>
      counted(networks, ({ archetype, status }) => ({ archetype, phase: status.phase })),
  },
  {
    name: 'heddle_network_endpoints',
    type: 'gauge',
    help: 'Endpoints of a network, by phase.',
    values: ({ endpoints }) =>
      counted(endpoints, ({ network, archetype, status }) => ({ network, archetype, phase: status.phase })),
  },
  ...ofLinks(
    'heddle_network_endpoint',
    ({ kind }) => kind === 'endpoint',
    ({ name }) => ({ endpoint: name }),
    'an endpoint',
  ),
  ...ofLinks(
    'heddle_network_link',
    ({ kind }) => kind !== 'endpoint',
    ({ kind, interface: device }) => ({ link: kind, interface: device }),
    'this host (link="host") or the wire (link="edge")',
  ),
  ofFlows('heddle_network_flows', 'gauge', 'Flows of a network’s switch.', ({ length }) => length),
  ofFlows(
    'heddle_network_flow_packets_total',
    'counter',
    'Packets that flows of a network’s switch matched, by table and by what became of them; a flow that goes takes its count along.',
    (flows) => flows.reduce((sum, { packets }) => sum + packets, 0),
  ),
  ofObserved(
    'heddle_network_titles',
    'titles',
    'Entities that have registered a title on a network of etarch.',
  ),
  ofObserved('heddle_network_workspaces', 'workspaces', 'Workspaces on a network of etarch.'),
  ofObserved(
    'heddle_network_workspace_members',
    'members',
    'Members of all workspaces on a network of etarch.',
  ),
  {
    name: 'heddle_network_repairs_total',
    type: 'counter',
    help: 'Networks and endpoints that were found not as they should be, by what came of it.',
    values: ({ repairs }) =>
      repairs.flatMap(({ archetype, done, failed }) => [
        { labels: { archetype, result: 'repaired' }, value: done },
        { labels: { archetype, result: 'failed' }, value: failed },
      ]),
  },
];

/** What an archetype counts itself, as it was at the last look. */
function ofObserved(name: string, field: string, help: string): NetworkFamily {
  return {
    name,
    type: 'gauge',
    help,
    values: ({ networks }) =>
      networks.flatMap(({ name: network, archetype, status }) => {
        const value = status.observed[field];
        return typeof value === 'number' ? [{ labels: { network, archetype }, value }] : [];
      }),
  };
}

function counted<One>(all: readonly One[], labelsOf: (one: One) => Record<string, string>): Value[] {
  const groups = Map.groupBy(all, (one) => JSON.stringify(labelsOf(one)));
  return [...groups.values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ labels: labelsOf(group[0]), value: group.length }],
  );
}

/** Six counters, named as node_exporter names those of interfaces. */
function ofLinks(
  prefix: string,
  isMeant: (link: LinkCounters) => boolean,
  labelsOf: (link: LinkCounters) => Record<string, string>,
  whose: string,
): NetworkFamily[] {
  const ways = { receive: 'received', transmit: 'sent' } as const;
  const figures = { bytes: 'bytes', packets: 'packets', drop: 'dropped' } as const;
  return Object.entries(ways).flatMap(([way, side]) =>
    Object.entries(figures).map(
      ([figure, field]): NetworkFamily => ({
        name: `${prefix}_${way}_${figure}_total`,
        type: 'counter',
        help: `${helpOf[figure]} ${whose} ${side} on a network.`,
        values: ({ counters }) =>
          counters.flatMap(({ network, archetype, links }) =>
            links.filter(isMeant).map((link) => ({
              labels: { network, archetype, ...labelsOf(link) },
              value: link[side][field],
            })),
          ),
      }),
    ),
  );
}

function ofFlows(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (flows: readonly NetworkFlow[]) => number,
): NetworkFamily {
  return {
    name,
    type,
    help,
    values: ({ flows }) =>
      flows.flatMap(({ network, archetype, flows: own }) => {
        const groups = Map.groupBy(own, (flow) => `${flow.table} ${flow.kind} ${becomes(flow)}`);
        return [...groups].toSorted(byKey).map(([key, group]) => {
          const [table = '', kind = '', action = ''] = key.split(' ');
          return { labels: { network, archetype, table, kind, action }, value: value(group) };
        });
      }),
  };
}

function becomes({ actions }: NetworkFlow): 'drop' | 'controller' | 'pass' {
  if (actions.length === 0) return 'drop';
  return actions.some((action) => action.toLowerCase().startsWith('controller')) ? 'controller' : 'pass';
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
